using System.IO.Pipelines;

namespace StreamPipes.Tests.Detach;

public abstract partial class DetachConformance
{
    private const int ManyTimes = 100;

    [Fact]
    public async Task A_detached_stream_with_unread_bytes_goes_under_a_new_connection()
    {
        await using DetachPair pair = await ConnectAsync();
        await pair.Peer.WriteAsync("first line\nsecond"u8.ToArray()).Guarded();
        await pair.Peer.FlushAsync().Guarded();
        await ReceiveAsync(pair.Connection, 17);
        (await pair.Connection.Input.ReadTextAsync(11)).Should().Be("first line\n");
        DetachedStream detached = await pair.Connection.DetachAsync().Guarded();

        PipeConnection next = StreamConnection.Create(detached.Stream);

        (await next.Input.ReadTextAsync(6)).Should().Be("second");
        await ShouldTalkAsync(next, pair.Peer);
        Task disposing = next.DisposeAsync().AsTask();
        (await pair.Peer.ReadAsync(new byte[1]).Guarded()).Should().Be(0);
        await pair.Peer.DisposeAsync().Guarded();
        await disposing.Guarded();
        await next.Completion.Guarded();
    }

    [Fact]
    public async Task No_byte_is_lost_however_often_a_busy_connection_is_detached()
    {
        PipeConnectionOptions options = new();
        await using DetachPair pair = await ConnectAsync(options);
        byte[] inbound = Payload.Seeded(4 * Megabyte, seed: 1);
        byte[] outbound = Payload.Seeded(Megabyte, seed: 2);
        Task sending = SendAsync(pair.Peer, inbound);
        Task receiving = ShouldReceiveAsync(pair.Peer, outbound);
        Random random = Payload.NewRandom(3);
        using MemoryStream got = new();
        PipeConnection connection = pair.Connection;
        foreach (byte[] piece in outbound.Chunk(outbound.Length / ManyTimes))
        {
            await ReadSomeAsync(connection.Input, got, random.Next(1, 60_000));
            await connection.Output.WriteAsync(piece).Guarded();
            DetachedStream detached = await connection.DetachAsync().Guarded();
            connection = StreamConnection.Create(detached.Stream, options);
        }

        await ReadSomeAsync(connection.Input, got, inbound.Length - (int)got.Length);

        Payload.HashOf(got.ToArray()).Should().Be(Payload.HashOf(inbound));
        await sending.Guarded();
        await receiving.Guarded();
        await ShouldTalkAsync(connection, pair.Peer);
        connection.Abort();
    }

    private static async Task ReadSomeAsync(PipeReader reader, MemoryStream got, int count)
    {
        int wanted = (int)got.Length + count;
        while (got.Length < wanted)
        {
            ReadResult result = await reader.ReadAsync().Guarded();
            result.IsCompleted.Should().BeFalse();
            long taken = Math.Min(result.Buffer.Length, wanted - got.Length);
            foreach (ReadOnlyMemory<byte> memory in result.Buffer.Slice(0, taken)) got.Write(memory.Span);
            reader.AdvanceTo(result.Buffer.GetPosition(taken));
        }
    }
}
