using System.IO.Pipelines;
using System.Net.Sockets;
using StreamPipes.Tests.Sockets;

namespace StreamPipes.Tests.Detach;

/// <summary>A detach beside something that ends the connection: one of them wins, and the socket has exactly one owner.</summary>
[Collection(nameof(RunsAlone))]
public sealed class DetachRaceTests
{
    public static TheoryData<string> Rivals => ["abort", "dispose", "reset by the peer", "end by the peer", "cancelled read", "cancelled flush", "second detach"];

    [Theory]
    [MemberData(nameof(Rivals))]
    public async Task A_detach_or_its_rival_wins_and_nothing_is_left(string rival)
    {
        CountingMemoryPool pool = new();
        await RaceAsync(rival, pool);
        int before = Descriptors.Sockets();

        await UnobservedExceptionWatch.AssertNoneAsync(() => LongRun.RepeatAsync(LongRun.Times(200), _ => RaceAsync(rival, pool)));

        Descriptors.Sockets().Should().BeLessThanOrEqualTo(before);
        pool.AssertClean();
    }

    private static async Task RaceAsync(string rival, CountingMemoryPool pool)
    {
        (Socket client, Socket peer) = await SocketPair.TcpAsync();
        using Socket plain = peer;
        PipeOptions pipe = new(pool, minimumSegmentSize: 4096, useSynchronizationContext: false);
        PipeConnection connection = SocketConnection.Create(client, new PipeConnectionOptions { ReceivePipeOptions = pipe, SendPipeOptions = pipe });
        await connection.Output.WriteTextAsync("hello");
        await peer.SendAsync("unread"u8.ToArray()).Guarded();

        Task rivalling = Task.Run(() => RivalAsync(rival, connection, peer));
        Task<DetachedStream> detaching = Task.Run(() => connection.DetachAsync().AsTask());
        await Task.WhenAny(detaching).Guarded();

        if (detaching.IsCompletedSuccessfully) await (await detaching).Stream.DisposeAsync();
        else (await Thrown.SurelyByAsync(() => detaching)).Should().NotBeOfType<NullReferenceException>();
        if (rival is "cancelled read" or "cancelled flush") detaching.IsCompletedSuccessfully.Should().BeTrue();
        await rivalling.Guarded();
        peer.Dispose();
        await connection.DisposeAsync().Guarded();
        connection.CloseReason.Should().NotBe(CloseReason.None);
        await Thrown.ByAsync(() => connection.Completion);
    }

    private static async Task RivalAsync(string rival, PipeConnection connection, Socket peer)
    {
        switch (rival)
        {
            case "abort":
                connection.Abort();
                break;
            case "dispose":
                // The peer's own close would be waited for.
                peer.Shutdown(SocketShutdown.Send);
                await connection.DisposeAsync().Guarded();
                break;
            case "reset by the peer":
                peer.Close(timeout: 0);
                break;
            case "end by the peer":
                peer.Shutdown(SocketShutdown.Send);
                break;
            case "cancelled read":
                connection.Input.CancelPendingRead();
                break;
            case "cancelled flush":
                connection.Output.CancelPendingFlush();
                break;
            default:
                Exception? thrown = await Thrown.ByAsync(async () => await (await connection.DetachAsync().Guarded()).Stream.DisposeAsync());
                (thrown is null or InvalidOperationException).Should().BeTrue("it was {0}", thrown);
                break;
        }
    }
}
