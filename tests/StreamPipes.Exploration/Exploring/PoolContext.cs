namespace StreamPipes.Exploration.Exploring;

/// <summary>Brings the continuations of tasks, which would run on the framework's thread pool, to the simulated one.</summary>
internal sealed class PoolContext : SynchronizationContext
{
    public static PoolContext Shared { get; } = new();

    public override void Post(SendOrPostCallback d, object? state)
    {
        // Outside of an execution nothing of it is left to go on.
        if (SimulatedThread.Current is { } thread) thread.Execution.Start(thread, "a continuation", () => d(state));
    }

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public override SynchronizationContext CreateCopy() => this;
}
