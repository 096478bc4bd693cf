using System.IO.Pipelines;

namespace StreamPipes.Tests.Detach;

/// <summary>What a stream with unread bytes in front passes on to the one under it, and what not.</summary>
public sealed class ReplayedStreamTests
{
    [Fact]
    public async Task Timeouts_of_a_replayed_stream_are_those_of_the_inner_stream()
    {
        await using StreamPair pair = await StreamPairs.TcpAsync();
        Stream replayed = await ReplayAsync(pair);

        replayed.ReadTimeout = 1234;
        replayed.WriteTimeout = 4321;

        replayed.CanTimeout.Should().BeTrue();
        pair.Client.ReadTimeout.Should().Be(1234);
        pair.Client.WriteTimeout.Should().Be(4321);
        replayed.ReadTimeout.Should().Be(1234);
        replayed.WriteTimeout.Should().Be(4321);
    }

    [Fact]
    public async Task A_cancelled_read_takes_none_of_the_replayed_bytes()
    {
        await using StreamPair pair = await StreamPairs.TcpAsync();
        Stream replayed = await ReplayAsync(pair);
        byte[] got = new byte[10];
        CancellationToken cancelled = new(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => replayed.ReadAsync(got, 0, 10, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => replayed.ReadAsync(got, cancelled).AsTask());

        (await replayed.ReadAsync(got.AsMemory(0, 10)).Guarded()).Should().Be(6);
    }

    [Fact]
    public async Task Dispose_of_a_replayed_stream_waits_for_that_of_the_inner_stream()
    {
        await using StreamPair tcp = await StreamPairs.TcpAsync();
        await using PipeConnection under = StreamConnection.Create(tcp.Client);
        Stream replayed = await ReplayAsync(new StreamPair(under.AsStream(), tcp.Server));

        Task disposing = ((IAsyncDisposable)replayed).DisposeAsync().AsTask();
        tcp.Server.ReadByte().Should().Be(-1);
        disposing.IsCompleted.Should().BeFalse("the peer has not closed yet");
        await tcp.Server.DisposeAsync().Guarded();

        await disposing.Guarded();
        under.Completion.IsCompletedSuccessfully.Should().BeTrue();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_blocking_read_gives_the_unread_bytes_before_those_of_a_read_that_was_handed_over(bool hasArrived)
    {
        ScriptedStream stream = new ScriptedStream().Read("unread, ");
        PipeConnection connection = StreamConnection.Create(stream);
        await stream.GetCalledTask(StreamOperation.Read, times: 2).Guarded();
        DetachedStream detached = await connection.DetachAsync().Guarded();
        if (hasArrived) _ = stream.Read("later").Eof();
        byte[] got = new byte[20];

        int first = await Task.Run(() => detached.Stream.Read(got, 0, 8)).Guarded();
        if (!hasArrived) _ = stream.Read("later").Eof();
        int second = await Task.Run(() => detached.Stream.Read(got.AsSpan(first))).Guarded();

        first.Should().Be(8);
        got.AsSpan(0, first + second).ToArray().Should().Equal("unread, later"u8.ToArray());
        (await Task.Run(detached.Stream.ReadByte).Guarded()).Should().Be(-1);
    }

    private static async Task<Stream> ReplayAsync(StreamPair pair)
    {
        PipeConnection connection = StreamConnection.Create(pair.Client);
        await pair.Server.WriteAsync("unread"u8.ToArray()).Guarded();
        ReadResult result = await connection.Input.ReadAtLeastAsync(6).Guarded();
        connection.Input.AdvanceTo(result.Buffer.Start);
        DetachedStream detached = await connection.DetachAsync().Guarded();
        detached.UnreadBytes.Should().Be(6);
        return detached.Stream;
    }
}
