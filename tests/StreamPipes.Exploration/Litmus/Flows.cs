using StreamPipes.Exploration.Exploring;

namespace StreamPipes.Exploration.Litmus;

/// <summary>A flow that waits for a task goes on in the simulated pool, and sees what was done before the task ended.</summary>
internal sealed class FlowGoesOn : Scenario
{
    private readonly Cells _cells = new();
    private readonly TaskCompletionSource<bool> _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override void Run()
    {
        StartAsync(
            "waiter",
            async () =>
            {
                await _over.Task.ConfigureAwait(false);
                Assert(_cells.X == 1, "what was done before is not seen");
            });
        Start(
            "setter",
            () =>
            {
                _cells.X = 1;
                _over.TrySetResult(true);
            });
    }
}

/// <summary>A flow that nothing wakes.</summary>
[Refuted]
internal sealed class FlowIsStuck : Scenario
{
    private readonly TaskCompletionSource<bool> _over = new();

    public override void Run() => StartAsync("waiter", async () => await _over.Task.ConfigureAwait(false));
}
