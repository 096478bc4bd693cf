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
