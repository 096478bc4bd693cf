using System.IO.Pipelines;

namespace StreamPipes.Tests.Conformance;

/// <summary>Two connected duplex pipes, and the streams they stand on where they stand on streams.</summary>
internal sealed class ConnectedPair(IDuplexPipe client, IDuplexPipe server, StreamPair? streams = null) : IAsyncDisposable
{
    public IDuplexPipe Client { get; } = client;

    public IDuplexPipe Server { get; } = server;

    public PipeConnection ClientConnection => (PipeConnection)Client;

    public PipeConnection ServerConnection => (PipeConnection)Server;

    public StreamPair Streams => streams ?? throw new InvalidOperationException("No streams here.");

    /// <summary>Both ends: the one that begins, and the other.</summary>
    public (IDuplexPipe First, IDuplexPipe Second) Ends(bool serverFirst) => serverFirst ? (Server, Client) : (Client, Server);

    /// <summary>Abandons everything: a test that wants an orderly close closes in the test.</summary>
    public async ValueTask DisposeAsync()
    {
        Abandon(Client);
        Abandon(Server);

        // A connection disposes its stream elsewhere, and an SslStream does not bear two disposes at a time.
        await LetGoAsync(Client);
        await LetGoAsync(Server);
        if (streams is not null) await streams.DisposeAsync();
    }

    private static void Abandon(IDuplexPipe pipe)
    {
        if (pipe is PipeConnection connection) connection.Abort();
    }

    private static async Task LetGoAsync(IDuplexPipe pipe)
    {
        if (pipe is PipeConnection connection) await connection.DisposeAsync().Guarded();
    }
}
