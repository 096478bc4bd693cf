using System.IO.Compression;
using System.Net.Sockets;

namespace StreamPipes.Tests.Lifetime;

/// <summary>Write 10 MiB, complete, dispose: the peer has every byte and then the end. The rounds are those of <see cref="LongRun"/>.</summary>
[Collection(nameof(RunsAlone))]
public sealed class OrderlyDeliveryTests
{
    private const int Length = 10 * 1024 * 1024;
    private static readonly Lazy<byte[]> Content = new(() => [.. Enumerable.Repeat(Payload.Seeded(64 * 1024), Length / (64 * 1024)).SelectMany(block => block)]);
    private static readonly Lazy<string> Hash = new(() => Payload.HashOf(Content.Value));

    [Fact]
    public Task Every_byte_and_then_the_end_arrive_over_TCP() => LongRun.RepeatAsync(LongRun.Times(20), async _ =>
    {
        await using StreamPair pair = await StreamPairs.TcpAsync();
        await ShouldDeliverAsync(StreamConnection.Create(pair.Client), pair.Server);
    });

    [Fact]
    public Task Every_byte_and_then_the_end_arrive_over_TLS() => LongRun.RepeatAsync(LongRun.Times(20), async _ =>
    {
        await using StreamPair pair = await StreamPairs.TlsAsync();
        await ShouldDeliverAsync(StreamConnection.Create(pair.Client), pair.Server);
    });

    [Fact]
    public Task Every_byte_and_then_the_end_arrive_over_a_Unix_socket() => LongRun.RepeatAsync(LongRun.Times(20), async _ =>
    {
        await using StreamPair pair = await StreamPairs.UnixAsync();
        await ShouldDeliverAsync(StreamConnection.Create(pair.Client), pair.Server);
    });

    [Fact]
    public Task Every_byte_and_then_the_end_arrive_over_a_socket_without_a_stream() => LongRun.RepeatAsync(LongRun.Times(20), async _ =>
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        await ShouldDeliverAsync(SocketConnection.Create(client), new NetworkStream(server, ownsSocket: true));
    });

    [Fact]
    public Task Every_byte_and_then_the_end_arrive_over_the_halves_of_GZip() => LongRun.RepeatAsync(LongRun.Times(20), async _ =>
    {
        await using StreamPair upload = await StreamPairs.TcpAsync();
        await using StreamPair download = await StreamPairs.TcpAsync();
        PipeConnection client = StreamConnection.Create(
            new GZipStream(download.Client, CompressionMode.Decompress),
            new GZipStream(upload.Client, CompressionLevel.Fastest));
        await ShouldDeliverAsync(client, new GZipStream(upload.Server, CompressionMode.Decompress));
    });

    [Fact]
    public Task Every_byte_and_then_the_end_arrive_when_the_connection_is_only_disposed() => LongRun.RepeatAsync(LongRun.Times(20), async _ =>
    {
        await using StreamPair pair = await StreamPairs.TlsAsync();
        PipeConnection client = StreamConnection.Create(pair.Client);
        Task<string> receiving = ReceiveAsync(pair.Server);
        client.Output.Put(Content.Value);

        await client.DisposeAsync().Guarded();

        (await receiving.Guarded()).Should().Be(Hash.Value);
        await client.Completion.Guarded();
    });

    private static async Task ShouldDeliverAsync(PipeConnection client, Stream peer)
    {
        Task<string> receiving = ReceiveAsync(peer);
        await client.Output.WriteAsync(Content.Value).Guarded();
        await client.Output.CompleteAsync().Guarded();
        await client.DisposeAsync().Guarded();
        (await receiving.Guarded()).Should().Be(Hash.Value);
        await client.Completion.Guarded();
        client.BytesSent.Should().Be(Length);
    }

    private static async Task<string> ReceiveAsync(Stream peer)
    {
        using MemoryStream got = new(Length);
        await peer.CopyToAsync(got);
        await peer.DisposeAsync();
        return Payload.HashOf(got.GetBuffer().AsSpan(0, (int)got.Length));
    }
}
