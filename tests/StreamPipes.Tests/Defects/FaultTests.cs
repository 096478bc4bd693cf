using System.IO.Pipelines;

namespace StreamPipes.Tests.Defects;

/// <summary>Adapters that hang on a fault, hide it, or lose what came before it (defects 5 and 17).</summary>
[Collection(nameof(RunsAlone))]
public sealed class FaultTests
{
    [Fact]
    public async Task A_write_fault_does_not_leave_a_read_waiting_for_ever()
    {
        IOException fault = new("the peer does not listen");
        ScriptedStream stream = new ScriptedStream { IgnoresTokens = true }.Fail(StreamOperation.Write, fault);
        PipeConnection connection = StreamConnection.Create(stream, new PipeConnectionOptions { CloseTimeout = TimeSpan.FromMilliseconds(50) });
        Task<ReadResult> read = connection.Input.ReadAsync().AsTask();

        connection.Output.Put("bytes"u8);
        connection.Output.Complete();

        (await Assert.ThrowsAsync<IOException>(() => read.Guarded())).Should().BeSameAs(fault);
    }

    [Fact]
    public async Task A_read_error_leaves_the_buffered_bytes_within_reach()
    {
        PipeConnection connection = StreamConnection.Create(new ScriptedStream().Read("buffered").ReadError(new IOException("reset")));
        await Thrown.ByAsync(() => connection.Completion.Guarded());

        (await connection.Input.ReadTextAsync(8)).Should().Be("buffered");
        await Assert.ThrowsAsync<IOException>(() => connection.Input.ReadAsync().Guarded());
    }

    [Fact]
    public async Task An_ObjectDisposedException_of_the_stream_is_an_error_and_not_the_end()
    {
        ScriptedStream stream = new();
        PipeConnection connection = StreamConnection.Create(stream);
        ValueTask<ReadResult> read = connection.Input.ReadAsync();
        await stream.GetCalledTask(StreamOperation.Read).Guarded();

        await stream.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => read.Guarded());
        connection.CloseReason.Should().Be(CloseReason.ReadFault);
    }

    [Fact]
    public Task A_write_fault_that_nobody_looks_at_stays_observed() => UnobservedExceptionWatch.AssertNoneAsync(async () =>
    {
        ScriptedStream stream = new ScriptedStream().Fail(StreamOperation.Write, new IOException("write")).Eof();
        PipeConnection connection = StreamConnection.Create(stream);
        connection.Output.Put("bytes"u8);
        connection.Output.Complete();
        await stream.Disposed.Guarded();
        await connection.DisposeAsync().Guarded();
    });
}
