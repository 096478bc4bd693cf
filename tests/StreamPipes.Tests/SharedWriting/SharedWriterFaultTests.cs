using System.IO.Pipelines;
using System.Text;

namespace StreamPipes.Tests.SharedWriting;

/// <summary>A writer that fails: everyone gets the same exception, and nothing that was cut off looks whole.</summary>
public sealed class SharedWriterFaultTests
{
    private readonly IOException _error = new("The writer has failed.");

    [Fact]
    public async Task A_flush_that_fails_later_fails_for_everyone_with_the_same_exception()
    {
        ScriptedPipeWriter writer = new();
        SharedPipeWriter shared = new(writer);
        writer.Hold();
        Task[] calls =
        [
            .. Enumerable.Range(0, 10).Select(_ => shared.WriteAsync("a"u8.ToArray()).AsTask()),
            shared.LeaseAsync(1).AsTask(),
            shared.WriteAsync("z"u8.ToArray()).AsTask(),
        ];

        writer.Fail(_error);

        foreach (Task call in calls) (await Thrown.SurelyByAsync(() => call.Guarded())).Should().BeSameAs(_error);
        await ShouldHaveEndedAsync(shared);
        writer.Misuses.Should().Be(0);
    }

    [Fact]
    public async Task A_flush_that_throws_at_once_throws_for_everyone_who_comes_later()
    {
        SharedPipeWriter shared = new(new ScriptedPipeWriter { FlushError = _error });

        (await Thrown.SurelyByAsync(() => shared.WriteAsync("a"u8.ToArray()).Guarded())).Should().BeSameAs(_error);

        await ShouldHaveEndedAsync(shared);
    }

    [Fact]
    public async Task A_writer_without_memory_for_a_lease_fails_for_everyone()
    {
        SharedPipeWriter shared = new(new ScriptedPipeWriter { PiecesLeft = 0, MemoryError = _error });

        (await Thrown.SurelyByAsync(() => shared.LeaseAsync(1).Guarded())).Should().BeSameAs(_error);

        await ShouldHaveEndedAsync(shared);
    }

    [Fact]
    public async Task A_lease_that_waited_and_for_which_there_is_no_memory_fails_for_everyone()
    {
        ScriptedPipeWriter writer = new() { MemoryError = _error };
        SharedPipeWriter shared = new(writer);
        PipeWriterLease first = await shared.LeaseAsync(1).Guarded();
        Task<PipeWriterLease> second = shared.LeaseAsync(1).AsTask();
        Task<FlushResult> third = shared.WriteAsync("a"u8.ToArray()).AsTask();
        writer.PiecesLeft = 0;

        first.Dispose();

        (await Thrown.SurelyByAsync(() => second.Guarded())).Should().BeSameAs(_error);
        (await Thrown.SurelyByAsync(() => third.Guarded())).Should().BeSameAs(_error);
        await ShouldHaveEndedAsync(shared);
    }

    [Fact]
    public async Task A_message_that_is_cut_off_completes_the_writer_with_the_exception()
    {
        ScriptedPipeWriter writer = new(pieceSize: 10) { PiecesLeft = 2, MemoryError = _error };
        SharedPipeWriter shared = new(writer);

        (await Thrown.SurelyByAsync(() => shared.WriteAsync(new byte[25]).Guarded())).Should().BeSameAs(_error);

        writer.CompletedWith.Should().BeSameAs(_error);
        writer.Flushes.Should().Be(0);
        await ShouldHaveEndedAsync(shared);
    }

    [Fact]
    public async Task A_message_for_which_there_is_no_memory_at_all_is_not_cut_off()
    {
        ScriptedPipeWriter writer = new(pieceSize: 10) { PiecesLeft = 0, MemoryError = _error };

        (await Thrown.SurelyByAsync(() => new SharedPipeWriter(writer).WriteAsync(new byte[25]).Guarded())).Should().BeSameAs(_error);

        writer.IsCompleted.Should().BeFalse();
    }

    [Fact]
    public async Task Completing_after_a_fault_completes_the_writer()
    {
        ScriptedPipeWriter writer = new() { FlushError = _error };
        SharedPipeWriter shared = new(writer);
        await Thrown.SurelyByAsync(() => shared.WriteAsync("a"u8.ToArray()).Guarded());

        await shared.CompleteAsync().Guarded();

        writer.IsCompleted.Should().BeTrue();
    }

    [Fact]
    public async Task A_caller_who_waits_to_complete_does_so_when_a_fault_comes_first()
    {
        ScriptedPipeWriter writer = new();
        SharedPipeWriter shared = new(writer);
        writer.Hold();
        Task<FlushResult> write = shared.WriteAsync("a"u8.ToArray()).AsTask();
        Task completing = shared.CompleteAsync().AsTask();

        writer.Fail(_error);

        (await Thrown.SurelyByAsync(() => write.Guarded())).Should().BeSameAs(_error);
        await completing.Guarded();
        writer.IsCompleted.Should().BeTrue();
    }

    [Fact]
    public async Task An_abort_of_the_connection_reaches_everyone_who_waits_for_room()
    {
        ScriptedStream stream = new ScriptedStream().Hold(StreamOperation.Write);
        PipeConnection connection = StreamConnection.Create(stream);
        SharedPipeWriter shared = new(connection.Output);
        Task<FlushResult> large = shared.WriteAsync(new byte[300_000]).AsTask();
        Task<FlushResult>[] small = [.. Enumerable.Range(0, 10).Select(_ => shared.WriteAsync("a"u8.ToArray()).AsTask())];
        await stream.GetCalledTask(StreamOperation.Write).Guarded();
        large.IsCompleted.Should().BeFalse();

        connection.Abort(_error);

        foreach (Task<FlushResult> write in small.Prepend(large)) (await Thrown.SurelyByAsync(() => write.Guarded())).Should().BeSameAs(_error);
        await ShouldHaveEndedAsync(shared);
    }

    private async Task ShouldHaveEndedAsync(SharedPipeWriter shared)
    {
        (await Thrown.SurelyByAsync(() => shared.WriteAsync(Encoding.ASCII.GetBytes("late")).Guarded())).Should().BeSameAs(_error);
        (await Thrown.SurelyByAsync(() => shared.LeaseAsync(1).Guarded())).Should().BeSameAs(_error);
    }
}
