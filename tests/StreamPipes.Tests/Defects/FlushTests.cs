using System.IO.Pipelines;

namespace StreamPipes.Tests.Defects;

/// <summary>What the framework's adapter does with flushes, errors and tokens, and ours does not (defect 22). The tests beside each other.</summary>
public sealed class FlushTests
{
    private readonly ScriptedStream _stream = new();

    [Fact]
    public async Task A_flush_with_nothing_written_reaches_the_stream()
    {
        PipeConnection connection = StreamConnection.Create(_stream, new PipeConnectionOptions { FlushThrough = true });

        await connection.Output.FlushAsync().Guarded();

        _stream.Calls(StreamOperation.Flush).Should().Be(1);
        connection.Abort();
    }

    [Fact]
    public async Task A_flush_with_nothing_written_reaches_the_stream_when_the_pump_sends()
    {
        PipeConnection connection = StreamConnection.Create(_stream);

        await connection.Output.FlushAsync().Guarded();

        await _stream.GetCalledTask(StreamOperation.Flush).Guarded();
        connection.Abort();
    }

    [Fact]
    public async Task A_flush_with_nothing_written_does_not_reach_the_stream_in_the_frameworks_adapter()
    {
        PipeWriter writer = PipeWriter.Create(_stream);

        await writer.FlushAsync().Guarded();

        _stream.Calls(StreamOperation.Flush).Should().Be(0);
    }

    [Fact]
    public async Task An_exception_given_to_Complete_is_not_dropped()
    {
        InvalidDataException reason = new("the source broke");
        PipeConnection connection = StreamConnection.Create(_stream);

        connection.Output.Complete(reason);

        (await Assert.ThrowsAsync<InvalidDataException>(() => connection.Input.ReadAsync().Guarded())).Should().BeSameAs(reason);
        (await Assert.ThrowsAsync<InvalidDataException>(() => connection.Completion.Guarded())).Should().BeSameAs(reason);
    }

    [Fact]
    public async Task Dispose_does_not_hang_when_the_peer_never_reads()
    {
        PipeConnection connection = StreamConnection.Create(NeverReadsStream.Create(), new PipeConnectionOptions { CloseTimeout = TimeSpan.FromMilliseconds(50) });
        connection.Output.Put("bytes"u8);

        await connection.DisposeAsync().Guarded();

        connection.CloseReason.Should().Be(CloseReason.TimedOut);
    }

    [Fact]
    public async Task A_token_that_has_fired_comes_back_as_itself()
    {
        using CancellationTokenSource source = new();
        await source.CancelAsync();
        PipeConnection connection = StreamConnection.Create(_stream);

        OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connection.Output.WriteAsync("bytes"u8.ToArray(), source.Token).Guarded());

        thrown.CancellationToken.Should().Be(source.Token);
        connection.Abort();
    }

    [Fact]
    public async Task A_token_that_has_fired_comes_back_as_another_from_the_frameworks_adapter()
    {
        using CancellationTokenSource source = new();
        await source.CancelAsync();
        PipeWriter writer = PipeWriter.Create(_stream);

        OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writer.WriteAsync("bytes"u8.ToArray(), source.Token).Guarded());

        thrown.CancellationToken.Should().NotBe(source.Token);
    }
}
