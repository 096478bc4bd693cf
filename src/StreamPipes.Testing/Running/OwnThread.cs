using System.Runtime.ExceptionServices;

namespace StreamPipes.Testing.Running;

/// <summary>
/// Inside a task of a scheduler of the caller's, tasks would not continue inline where they complete: then the run has a thread of its own, for which the caller waits.
/// </summary>
internal static class OwnThread
{
    public static void Run(Action work)
    {
        if (TaskScheduler.Current == TaskScheduler.Default)
        {
            work();
            return;
        }

        ExceptionDispatchInfo? error = null;
        Thread thread = new(() =>
        {
            try
            {
                work();
            }
            catch (Exception e)
            {
                // The caller throws it.
                error = ExceptionDispatchInfo.Capture(e);
            }
        })
        { IsBackground = true, Name = "StreamPipes.Testing run" };
        thread.Start();
        thread.Join();
        error?.Throw();
    }
}
