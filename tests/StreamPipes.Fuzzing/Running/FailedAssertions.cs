using System.Collections.Concurrent;
using System.Diagnostics;

namespace StreamPipes.Fuzzing.Running;

/// <summary>
/// In a Debug build of the library a failed <see cref="Debug.Assert(bool)"/> throws where it stands, and is a finding wherever the exception goes: one on a
/// pump's thread becomes a fault of the connection.
/// </summary>
internal sealed class FailedAssertions : TraceListener
{
    private static readonly ConcurrentQueue<FoundException> Failures = new();

    public static void Listen()
    {
        Trace.Listeners.Clear();
        Trace.Listeners.Add(new FailedAssertions());
    }

    /// <summary>The first that has failed since the last call; null if none has.</summary>
    public static FoundException? Take()
    {
        if (!Failures.TryDequeue(out FoundException? first)) return null;
        Failures.Clear();
        return first;
    }

    public override void Fail(string? message) => Fail(message, detailMessage: null);

    public override void Fail(string? message, string? detailMessage)
    {
        FoundException failure = new($"Assertion failed: {message} {detailMessage}{Environment.NewLine}{new StackTrace(skipFrames: 1, fNeedFileInfo: true)}");
        Failures.Enqueue(failure);
        throw failure;
    }

    public override void Write(string? message)
    {
    }

    public override void WriteLine(string? message)
    {
    }
}
