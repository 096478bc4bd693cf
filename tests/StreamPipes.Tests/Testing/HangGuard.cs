using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace StreamPipes.Tests.Testing;

/// <summary>
/// Ends an await that could hang: <c>await x.ReadAsync().Guarded()</c> throws a <see cref="HangException"/> after 10 seconds, naming the
/// expression, the method and the line. Under a debugger it waits for ever.
/// </summary>
internal static class HangGuard
{
    public static TimeSpan Limit => Debugger.IsAttached ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(10);

    public static async Task Guarded(
        this Task task,
        [CallerArgumentExpression(nameof(task))] string expression = "",
        [CallerMemberName] string member = "",
        [CallerLineNumber] int line = 0)
    {
        using CancellationTokenSource over = new();
        if (await Task.WhenAny(task, Task.Delay(Limit, over.Token)) != task) throw new HangException(expression, member, line);
        await over.CancelAsync();
        await task;
    }

    public static async Task<T> Guarded<T>(
        this Task<T> task,
        [CallerArgumentExpression(nameof(task))] string expression = "",
        [CallerMemberName] string member = "",
        [CallerLineNumber] int line = 0)
    {
        await Guarded((Task)task, expression, member, line);
        return await task;
    }

    public static Task Guarded(
        this ValueTask task,
        [CallerArgumentExpression(nameof(task))] string expression = "",
        [CallerMemberName] string member = "",
        [CallerLineNumber] int line = 0) => Guarded(task.AsTask(), expression, member, line);

    public static Task<T> Guarded<T>(
        this ValueTask<T> task,
        [CallerArgumentExpression(nameof(task))] string expression = "",
        [CallerMemberName] string member = "",
        [CallerLineNumber] int line = 0) => Guarded(task.AsTask(), expression, member, line);
}
