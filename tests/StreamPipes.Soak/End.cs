using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace StreamPipes.Soak;

/// <summary>One end of a connection, built as planned.</summary>
internal sealed class End : IAsyncDisposable
{
    private static readonly TimeSpan FarAway = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Socket _socket;
    private readonly TrackedPool _pool;

    private End(EndPlan plan, Socket socket, TrackedPool pool, PipeConnection connection)
    {
        Plan = plan;
        _socket = socket;
        _pool = pool;
        Connection = connection;
        if (plan.IsStreamUser) Stream = connection.AsStream();
    }

    public EndPlan Plan { get; }

    public PipeConnection Connection { get; }

    /// <summary>The connection as a stream, where the user is one who reads and writes streams.</summary>
    public Stream? Stream { get; }

    public static async Task<End> OpenAsync(EndPlan plan, Socket socket, bool isClient, SslProtocols protocol, Meters meters)
    {
        TrackedPool pool = new(blockSize: 4096, meters.Pool);
        PipeConnectionOptions options = OptionsOf(plan, pool, meters);
        PipeConnection connection = plan.Carrier switch
        {
            Carrier.TlsOnSocket => await HandshakeAsync(SocketConnection.Create(socket, options)),
            Carrier.TlsOnStream => await HandshakeOverAsync(new NetworkStream(socket, ownsSocket: true)),
            Carrier.SslStream => StreamConnection.Create(await SslStreamAsync(new NetworkStream(socket, ownsSocket: true)), options),
            Carrier.SslStreamOnPipe => StreamConnection.Create(await SslStreamAsync(SocketConnection.Create(socket, options).AsStream()), options),
            Carrier.TlsOnPipeStream => await HandshakeOverAsync(StreamConnection.Create(new NetworkStream(socket, ownsSocket: true), options).AsStream()),
            Carrier.TlsOnFragileStream => await HandshakeOverAsync(new FragileStream(new NetworkStream(socket, ownsSocket: true))),
            Carrier.SslStreamOnFragileStream => StreamConnection.Create(await SslStreamAsync(new FragileStream(new NetworkStream(socket, ownsSocket: true))), options),
            Carrier.Socket => SocketConnection.Create(socket, options),
            Carrier.NetworkStream => StreamConnection.Create(new NetworkStream(socket, ownsSocket: true), options),
            _ => throw new InvalidOperationException($"{plan.Carrier}?"),
        };
        meters.Follow(connection);
        return new End(plan, socket, pool, connection);

        Task<PipeConnection> HandshakeAsync(IDuplexPipe transport) => isClient
            ? TlsConnection.AuthenticateAsClientAsync(transport, Certificates.Client(protocol), options)
            : TlsConnection.AuthenticateAsServerAsync(transport, Certificates.Server(protocol), options);

        Task<PipeConnection> HandshakeOverAsync(Stream transport) => isClient
            ? TlsConnection.AuthenticateAsClientAsync(transport, Certificates.Client(protocol), options)
            : TlsConnection.AuthenticateAsServerAsync(transport, Certificates.Server(protocol), options);

        async Task<SslStream> SslStreamAsync(Stream transport)
        {
            SslStream tls = new(transport);
            await (isClient ? tls.AuthenticateAsClientAsync(Certificates.Client(protocol)) : tls.AuthenticateAsServerAsync(Certificates.Server(protocol)));
            return tls;
        }
    }

    /// <summary>Closes the socket under the connection: the peer gets RST.</summary>
    public void Reset() => _socket.Close(timeout: 0);

    /// <summary>How many blocks it has not given back. An aborted write may let go of its own a moment after the connection's end.</summary>
    public async Task<int> CountBlocksAsync()
    {
        long until = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (_pool.Outstanding > 0 && Environment.TickCount64 < until) await Task.Delay(10);
        return _pool.Outstanding;
    }

    public ValueTask DisposeAsync() => Stream?.DisposeAsync() ?? Connection.DisposeAsync();

    private static PipeConnectionOptions OptionsOf(EndPlan plan, TrackedPool pool, Meters meters)
    {
        PipeOptions? pipe = plan.IsPoolTracked ? new PipeOptions(pool, minimumSegmentSize: 4096, useSynchronizationContext: false) : null;
        return new PipeConnectionOptions
        {
            ReceivePipeOptions = pipe,
            SendPipeOptions = pipe,
            FlushThrough = plan.FlushThrough,
            Scheduling = plan.Scheduling,
            CloseTimeout = TimeSpan.FromSeconds(30),
            HandshakeTimeout = FarAway,
            IdleTimeout = FarAway,
            WriteTimeout = FarAway,
            TimeProvider = meters.Timers,
        };
    }
}
