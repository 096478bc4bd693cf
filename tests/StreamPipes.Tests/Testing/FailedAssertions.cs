#if DEBUG
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using Xunit.v3;

[assembly: StreamPipes.Tests.Testing.FailedAssertions]

namespace StreamPipes.Tests.Testing;

/// <summary>
/// A failed <see cref="Debug.Assert(bool)"/> throws where it stands, and fails the first test that ends after it. The second is for those
/// on a pump's thread, whose exception becomes a fault of the connection, which a test may expect. Without this the process would end at once.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class FailedAssertionsAttribute : BeforeAfterTestAttribute
{
    private const int Frames = 16;

    private static readonly ConcurrentQueue<string> Failures = new();

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        if (Take() is { Length: > 0 } failures) Assert.Fail(string.Join(Environment.NewLine, failures));
    }

    /// <summary>What has failed since the last call.</summary>
    public static string[] Take()
    {
        List<string> failures = [];
        while (Failures.TryDequeue(out string? failure)) failures.Add(failure);
        return [.. failures];
    }

    // Before Main, so that it stands before the listener of the test runner, which throws and tells no other.
    [ModuleInitializer]
    internal static void Listen()
    {
        Trace.Listeners.Clear();
        Trace.Listeners.Add(new Listener());
    }

    private sealed class Listener : TraceListener
    {
        public override void Fail(string? message) => Fail(message, detailMessage: null);

        public override void Fail(string? message, string? detailMessage)
        {
            IEnumerable<string> frames = new StackTrace(skipFrames: 1, fNeedFileInfo: true).ToString().Split(Environment.NewLine).Take(Frames);
            string failure = $"Assertion failed: {message} {detailMessage}{Environment.NewLine}{string.Join(Environment.NewLine, frames)}";
            Failures.Enqueue(failure);
            throw new FailedAssertionException(failure);
        }

        public override void Write(string? message)
        {
        }

        public override void WriteLine(string? message)
        {
        }
    }
}

/// <summary>A <see cref="Debug.Assert(bool)"/> that does not hold.</summary>
public sealed class FailedAssertionException(string message) : Exception(message);
#endif
