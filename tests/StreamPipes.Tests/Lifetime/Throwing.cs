using System.Buffers;
using System.IO.Pipelines;

namespace StreamPipes.Tests.Lifetime;

/// <summary>Asserts that an operation throws this very object, and not one that looks like it.</summary>
internal static class Throwing
{
    public static async Task ShouldThrowAsync(this Task task, Exception expected)
    {
        Exception? thrown = await Thrown.ByAsync(() => task.Guarded());
        thrown.Should().BeSameAs(expected);
    }

    public static Task ShouldThrowAsync<T>(this ValueTask<T> task, Exception expected) => task.AsTask().ShouldThrowAsync(expected);

    public static Task ShouldThrowAsync(this ValueTask task, Exception expected) => task.AsTask().ShouldThrowAsync(expected);

    /// <summary>What every end of a connection says after an error: the same object.</summary>
    public static async Task ShouldHaveEndedWithAsync(this PipeConnection connection, Exception expected, CloseReason reason)
    {
        await connection.Completion.ShouldThrowAsync(expected);
        connection.CloseReason.Should().Be(reason);
        await connection.Input.ReadAsync().ShouldThrowAsync(expected);
        Record.Exception(() => connection.Input.TryRead(out _)).Should().BeSameAs(expected);
        await connection.Input.ReadAtLeastAsync(1).ShouldThrowAsync(expected);
        await connection.Input.CopyToAsync(Stream.Null).ShouldThrowAsync(expected);
        await connection.Output.FlushAsync().ShouldThrowAsync(expected);
        await connection.Output.WriteAsync(new byte[1]).ShouldThrowAsync(expected);
    }

    /// <summary>Reads, and says what came without consuming it.</summary>
    public static async Task<string> PeekTextAsync(this PipeReader reader, int examined)
    {
        ReadResult result = await reader.ReadAsync().Guarded();
        result.IsCompleted.Should().BeFalse();
        result.IsCanceled.Should().BeFalse();
        string text = System.Text.Encoding.UTF8.GetString(result.Buffer.ToArray());
        reader.AdvanceTo(result.Buffer.Start, result.Buffer.GetPosition(examined));
        return text;
    }
}
