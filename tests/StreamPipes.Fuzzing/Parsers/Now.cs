using StreamPipes.Tests.Testing;

namespace StreamPipes.Fuzzing.Parsers;

/// <summary>The result of what has nothing to wait for, since all bytes are there and nothing is full.</summary>
internal static class Now
{
    public static T Of<T>(ValueTask<T> task)
    {
        FoundException.Unless(task.IsCompleted, "it waits although all bytes are there");
        return Blocking.Wait(task.AsTask());
    }

    public static void Of(ValueTask task)
    {
        FoundException.Unless(task.IsCompleted, "it waits although nothing is full");
        Blocking.Wait(task.AsTask());
    }
}
