using System.Reflection;

namespace StreamPipes.Tests.Faults;

/// <summary>How a case ended, as the oracle foretells it and as it came.</summary>
internal sealed record FaultOutcome
{
    public Met Input { get; init; }

    public Met Output { get; init; }

    public Met Completion { get; init; }

    public CloseReason CloseReason { get; init; }

    public bool IsDisposed { get; init; }

    /// <summary>What the user got from <see cref="PipeConnection.Input"/>, or from the detached stream.</summary>
    public string Received { get; init; } = "";

    /// <summary>What the stream got.</summary>
    public string Written { get; init; } = "";

    /// <summary>The end of the CompleteAsync of Output, if there was one.</summary>
    public Met Drain { get; init; }

    /// <summary>The end of the flush that was pending, if there was one.</summary>
    public Met Flush { get; init; }

    /// <summary>The end of the DetachAsync, if there was one.</summary>
    public Met Detach { get; init; }

    /// <summary>What is not as it was foretold, in words.</summary>
    public IEnumerable<string> DifferencesTo(FaultOutcome foretold)
    {
        foreach (PropertyInfo property in typeof(FaultOutcome).GetProperties())
        {
            (object? expected, object? found) = (property.GetValue(foretold), property.GetValue(this));
            if (!Equals(expected, found)) yield return $"{property.Name} is {found}, not {expected}";
        }
    }
}
