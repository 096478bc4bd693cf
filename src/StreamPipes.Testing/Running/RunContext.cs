namespace StreamPipes.Testing.Running;

/// <summary>Keeps the code of a scenario on the thread of its run, as that of a window keeps to its thread.</summary>
internal sealed class RunContext : SynchronizationContext
{
    private readonly RunLoop _loop;

    public RunContext(RunLoop loop) => _loop = loop;

    public override void Post(SendOrPostCallback d, object? state) => _loop.Post(d, state);

    public override void Send(SendOrPostCallback d, object? state)
    {
        _loop.ThrowIfElsewhere("SynchronizationContext.Send");
        d(state);
    }

    public override SynchronizationContext CreateCopy() => this;
}
