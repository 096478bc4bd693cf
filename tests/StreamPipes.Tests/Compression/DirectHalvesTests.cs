using System.Net.Sockets;

namespace StreamPipes.Tests.Compression;

/// <summary>The halves of a codec directly on one duplex stream, which both leave open and the caller closes.</summary>
public sealed class DirectHalvesTests
{
    [Theory]
    [InlineData(Codec.GZip)]
    [InlineData(Codec.Brotli)]
    [InlineData(Codec.ZLib)]
    public async Task Both_halves_of_a_codec_work_over_one_NetworkStream(Codec codec)
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        await using NetworkStream near = new(client, ownsSocket: true);
        await using NetworkStream far = new(server, ownsSocket: true);
        await ShouldTalkAndEndAsync(codec, near, far, () => client.Shutdown(SocketShutdown.Send), () => server.Shutdown(SocketShutdown.Send));
    }

    [Theory]
    [InlineData(Codec.GZip)]
    [InlineData(Codec.Brotli)]
    [InlineData(Codec.ZLib)]
    public async Task Both_halves_of_a_codec_work_over_the_stream_of_a_duplex_pipe(Codec codec)
    {
        (System.IO.Pipelines.IDuplexPipe near, System.IO.Pipelines.IDuplexPipe far) = DuplexPipe.CreatePair();
        await using Stream client = near.AsStream();
        await using Stream server = far.AsStream();
        await ShouldTalkAndEndAsync(codec, client, server, () => near.Output.Complete(), () => far.Output.Complete());
    }

    private static async Task ShouldTalkAndEndAsync(Codec codec, Stream near, Stream far, Action endNear, Action endFar)
    {
        PipeConnection client = StreamConnection.Create(codec.Decompress(near, leaveOpen: true), codec.Compress(near, leaveOpen: true));
        PipeConnection server = StreamConnection.Create(codec.Decompress(far, leaveOpen: true), codec.Compress(far, leaveOpen: true));
        for (int i = 0; i < 100; i++) await PipeExtensions.ShouldTalkAsync(client, server);

        // The decompressor of GZip looks for another member behind the trailer: only the carrier's end is the end.
        await client.Output.CompleteAsync().Guarded();
        endNear();
        await server.Input.ShouldEndAsync();
        await server.Output.WriteTextAsync("late");
        (await client.Input.ReadTextAsync(4)).Should().Be("late");
        await server.Output.CompleteAsync().Guarded();
        endFar();
        await client.Input.ShouldEndAsync();
        await client.Completion.Guarded();
        await server.Completion.Guarded();
    }
}
