#if !LIBRARY_NETSTANDARD
// The clock of the tests needs TimeProvider, which the netstandard2.0 build has not.
namespace StreamPipes.Tests.Lifetime;

/// <summary>Lets the time limits of a connection pass.</summary>
internal static class Clockwork
{
    public static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    public static PipeConnectionOptions Options(this ManualTimeProvider clock, bool leaveOpen = false) => new()
    {
        TimeProvider = clock,
        CloseTimeout = CloseTimeout,
        LeaveOpen = leaveOpen,
        ReceivePipeOptions = SmallPipe.Options,
        SendPipeOptions = SmallPipe.Options,
    };

    /// <summary>Fires what timers there are, and those that follow, until the task ends.</summary>
    public static async Task AdvanceUntilAsync(this ManualTimeProvider clock, Task task)
    {
        while (!task.IsCompleted)
        {
            await Task.WhenAny(task, clock.WaitForTimersAsync(1)).Guarded();
            clock.Advance(CloseTimeout);
        }
    }
}
#endif
