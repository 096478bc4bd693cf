using System.Collections.Concurrent;
using System.Runtime.CompilerServices;

namespace StreamPipes.Tests.Testing;

/// <summary>
/// Runs a scenario and asserts that none of its tasks was left faulted and unobserved. The event is the whole process's, so a test class that
/// uses it belongs to the collection <see cref="RunsAlone"/>. Whatever the scenario makes must be local to it, or it is not collected.
/// </summary>
internal static class UnobservedExceptionWatch
{
    public static async Task AssertNoneAsync(Func<Task> scenario) => (await CollectAsync(scenario)).Should().BeEmpty("nobody may leave a faulted task unobserved");

    public static async Task<IReadOnlyCollection<Exception>> CollectAsync(Func<Task> scenario)
    {
        ConcurrentQueue<Exception> unobserved = new();
        void OnUnobserved(object? sender, UnobservedTaskExceptionEventArgs e) => unobserved.Enqueue(e.Exception);

        // What earlier tests left behind is not ours.
        CollectGarbage();
        TaskScheduler.UnobservedTaskException += OnUnobserved;
        try
        {
            await RunAsync(scenario);

            // Off the stack of the scenario, whose frames may still hold its tasks.
            await Task.Yield();
            CollectGarbage();
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= OnUnobserved;
        }

        return unobserved;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task RunAsync(Func<Task> scenario) => await scenario();

    private static void CollectGarbage()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
