using System.Globalization;
using StreamPipes.Testing.Links;

namespace StreamPipes.Testing;

/// <summary>A run of a <see cref="VirtualNetwork"/> has failed. The message names the seed, which replays it.</summary>
public sealed class VirtualRunException : Exception
{
    private const int LinesInMessage = 20;

    private readonly TraceLog _trace;

    internal VirtualRunException(int seed, VirtualRunFailure failure, string text, TimeSpan elapsed, TraceLog trace, Exception? inner)
        : base(MessageOf(seed, text, elapsed, trace), inner)
    {
        _trace = trace;
        Seed = seed;
        Failure = failure;
        Elapsed = elapsed;
    }

    /// <summary>The seed of the run: <see cref="VirtualNetwork.Run"/> with it, and the same scenario and options, fails in the same way.</summary>
    public int Seed { get; }

    /// <summary>What kind of failure it is.</summary>
    public VirtualRunFailure Failure { get; }

    /// <summary>The virtual time at which it failed.</summary>
    public TimeSpan Elapsed { get; }

    /// <summary>What had happened, one line for each event. They are made anew at each call; the message holds the last 20.</summary>
    /// <returns>The lines, in the order of virtual time.</returns>
    public IReadOnlyList<string> GetTrace() => _trace.Render();

    private static string MessageOf(int seed, string text, TimeSpan elapsed, TraceLog trace)
    {
        string last = string.Concat(trace.RenderLast(LinesInMessage).Select(line => $"\n  {line}"));
        return string.Format(
            CultureInfo.InvariantCulture,
            "The run with seed {0} failed after {1} ms of virtual time: {2}. VirtualNetwork.Run({0}, ...) replays it. The last events were:{3}",
            seed, elapsed.TotalMilliseconds.ToString("0.###", CultureInfo.InvariantCulture), text, last.Length == 0 ? " none" : last);
    }
}
