using System.IO.Pipelines;

namespace StreamPipes.Tests.Compression;

/// <summary>
/// Two ends of a compressed connection: the halves of the codec stand on the halves of a pipe, so that the end of the one is the end of the
/// other. They are disposed together, since each waits for the other's close.
/// </summary>
internal sealed class CompressedPair(PipeConnection client, PipeConnection server) : IAsyncDisposable
{
    public PipeConnection Client { get; } = client;

    public PipeConnection Server { get; } = server;

    public static Task<CompressedPair> ConnectAsync(Codec codec, Carrier carrier) => ConnectAsync(codec, codec, carrier);

    public static async Task<CompressedPair> ConnectAsync(Codec up, Codec down, Carrier carrier)
    {
        (IDuplexPipe client, IDuplexPipe server) = await carrier.ConnectAsync();
        return new CompressedPair(Over(client, down, up), Over(server, up, down));
    }

    public static PipeConnection Over(IDuplexPipe carrier, Codec input, Codec output) =>
        StreamConnection.Create(input.Decompress(carrier.Input.AsStream()), output.Compress(carrier.Output.AsStream()));

    public async ValueTask DisposeAsync() => await Task.WhenAll(Client.DisposeAsync().AsTask(), Server.DisposeAsync().AsTask()).Guarded();
}
