using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace StreamPipes.Exploration.Exploring;

/// <summary>Takes the library's own assertions for failures of the scenario.</summary>
internal sealed class AssertionListener : TraceListener
{
    public static void Install()
    {
        // What an awaiter throws, the framework throws again in its own pool, where it would end the process. The flow is then seen to be stuck.
        ExceptionHandling.SetUnhandledExceptionHandler(static _ => true);
        Trace.Listeners.Clear();
        Trace.Listeners.Add(new AssertionListener());
    }

    public override void Fail(string? message, string? detailMessage)
    {
        string failure = $"an assertion of the library: {message} {detailMessage}";
        SimulatedThread.Current?.Execution.Fail(failure, error: null);
        throw new ScenarioFailedException(failure);
    }

    public override void Write(string? message)
    {
        // Only failures are of interest.
    }

    public override void WriteLine(string? message) => Write(message);
}
