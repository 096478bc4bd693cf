using System.Net.Sockets;

namespace StreamPipes.Tests.Relaying;

/// <summary>A relay under way, with a peer at each end: what <see cref="Client"/> sends arrives at <see cref="Server"/>, and the other way round.</summary>
internal sealed class RelayBench : IAsyncDisposable
{
    private RelayBench(PipeConnection client, PipeConnection server, PipeConnection inner, PipeConnection outer, CancellationToken cancellationToken)
    {
        Client = client;
        Server = server;
        Inner = inner;
        Outer = outer;
        Relay = inner.RelayAsync(outer, cancellationToken);
    }

    public PipeConnection Client { get; }

    public PipeConnection Server { get; }

    /// <summary>The relay's connection to the client.</summary>
    public PipeConnection Inner { get; }

    /// <summary>The relay's connection to the server.</summary>
    public PipeConnection Outer { get; }

    public Task<RelayResult> Relay { get; }

    public static async Task<RelayBench> StartAsync(PipeConnectionOptions? innerOptions = null, PipeConnectionOptions? outerOptions = null, CancellationToken cancellationToken = default)
    {
        (Socket client, Socket inner) = await SocketPair.TcpAsync();
        (Socket server, Socket outer) = await SocketPair.TcpAsync();
        return new RelayBench(SocketConnection.Create(client), SocketConnection.Create(server), SocketConnection.Create(inner, innerOptions), SocketConnection.Create(outer, outerOptions), cancellationToken);
    }

    public static RelayBench Start(PipeConnection client, PipeConnection server, PipeConnection inner, PipeConnection outer) => new(client, server, inner, outer, CancellationToken.None);

    /// <summary>Sends bytes and the end each way, and checks what arrives.</summary>
    public async Task ShouldPassAsync(byte[] there, byte[] back)
    {
        Task<byte[]> arriving = Server.Input.TakeAllAsync();
        Task<byte[]> returning = Client.Input.TakeAllAsync();
        await Task.WhenAll(SendAsync(Client, there), SendAsync(Server, back));
        Payload.HashOf(await arriving).Should().Be(Payload.HashOf(there));
        Payload.HashOf(await returning).Should().Be(Payload.HashOf(back));
    }

    /// <summary>The relay has ended both of its connections by itself.</summary>
    public void ShouldHaveDisposedBoth()
    {
        Inner.Completion.IsCompleted.Should().BeTrue();
        Outer.Completion.IsCompleted.Should().BeTrue();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Abort();
        Server.Abort();
        await Task.WhenAll(Client.DisposeAsync().AsTask(), Server.DisposeAsync().AsTask()).Guarded();
        await Thrown.ByAsync(() => Relay.Guarded());
    }

    private static async Task SendAsync(PipeConnection connection, byte[] bytes)
    {
        await connection.Output.WriteAsync(bytes).Guarded();
        await connection.Output.CompleteAsync().Guarded();
    }
}
