using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using StreamPipes.AspNetCore.Internal;

namespace StreamPipes.AspNetCore;

/// <summary>
/// A <see cref="PipeConnection"/> as the <see cref="ConnectionContext"/> that Kestrel and SignalR's connection handlers take: for transports of
/// your own (an <see cref="IConnectionListenerFactory"/>), and for connection handlers under test.
/// </summary>
/// <remarks>
/// <para><b>Ownership.</b> The context owns the connection: disposing the context closes it in order.</para>
/// <para><b>Concurrency.</b> As the connection's. <see cref="Abort(ConnectionAbortedException)"/> may be called from any thread at any time.</para>
/// <para><b>Completion.</b> <see cref="ConnectionClosed"/> is cancelled when the peer has ended its side, or the connection has failed or ended, whether or
/// not anything is read, as over Kestrel's own sockets. What the peer sent before can still be read, and a peer that has only ended its side can still be written to.</para>
/// <para><b>Errors.</b> Those of a transport of Kestrel, see <see cref="Transport"/>: <see cref="Connection"/> throws its own. Disposing throws none.</para>
/// <para><b>Features.</b> Id, items, transport, lifetime and end points; over a TLS session also what was negotiated, which makes Kestrel serve
/// HTTP/2 and the scheme <c>https</c>. <c>ISslStreamFeature</c> is only there with <c>UseTlsConnection</c>, which makes the session itself.</para>
/// </remarks>
public sealed class PipeConnectionContext : ConnectionContext, IConnectionIdFeature, IConnectionItemsFeature, IConnectionTransportFeature, IConnectionLifetimeFeature, IConnectionEndPointFeature
{
    private readonly CancellationTokenSource _closed = new();
    private readonly ServerTransport _transport;
    private readonly Task _closing;
    private IDictionary<object, object?>? _items;

    /// <summary>Puts a context over a connection.</summary>
    /// <param name="connection">The connection, which is the context's from now on.</param>
    /// <param name="localEndPoint">What <see cref="LocalEndPoint"/> is to say; <see langword="null"/> if nothing is known.</param>
    /// <param name="remoteEndPoint">What <see cref="RemoteEndPoint"/> is to say; <see langword="null"/> if nothing is known.</param>
    /// <exception cref="ArgumentNullException"><paramref name="connection"/> is <see langword="null"/>.</exception>
    public PipeConnectionContext(PipeConnection connection, EndPoint? localEndPoint = null, EndPoint? remoteEndPoint = null)
    {
        ArgumentNullException.ThrowIfNull(connection);
        Connection = connection;
        Transport = _transport = new ServerTransport(connection);
        LocalEndPoint = localEndPoint;
        RemoteEndPoint = remoteEndPoint;
        ConnectionId = Guid.NewGuid().ToString("N");
        ConnectionClosed = _closed.Token;
        Features = new FeatureCollection();
        Features.Set<IConnectionIdFeature>(this);
        Features.Set<IConnectionItemsFeature>(this);
        Features.Set<IConnectionTransportFeature>(this);
        Features.Set<IConnectionLifetimeFeature>(this);
        Features.Set<IConnectionEndPointFeature>(this);
        if (connection.Tls is { } session) TlsFeatures.AddTo(Features, session);
        _closing = CloseAsync();
    }

    /// <summary>The connection under the context, whatever middleware has made of <see cref="Transport"/>. Its ends throw its own errors.</summary>
    public PipeConnection Connection { get; }

    /// <summary>
    /// What is read and written: the connection, until middleware replaces it, with the errors of a transport of Kestrel. Flushes throw nothing but a
    /// cancellation: when nothing can be sent any more they complete with <see cref="FlushResult.IsCompleted"/>, and what is written is dropped. Once the connection
    /// has failed, reads throw <see cref="ConnectionResetException"/> (the peer's connection failed), <see cref="ConnectionAbortedException"/>
    /// (an abort or a time limit on this side) or another <see cref="IOException"/>, each with the connection's own error inside. They do so at once, as over Kestrel's
    /// own sockets, whatever was received before; <see cref="Connection"/> still delivers that. Completing an end throws nothing.
    /// </summary>
    public override IDuplexPipe Transport { get; set; }

    /// <summary>A name that no other connection has.</summary>
    public override string ConnectionId { get; set; }

    /// <summary>The features of the connection.</summary>
    public override IFeatureCollection Features { get; }

    /// <summary>What middleware leaves here for others. Made when it is first asked for.</summary>
    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    /// <summary>Cancelled when the peer has ended its side, or the connection has failed or ended.</summary>
    public override CancellationToken ConnectionClosed { get; set; }

    /// <summary>This side's address, if it is known.</summary>
    public override EndPoint? LocalEndPoint { get; set; }

    /// <summary>The peer's address, if it is known.</summary>
    public override EndPoint? RemoteEndPoint { get; set; }

    /// <summary>Ends the connection now, see <see cref="PipeConnection.Abort"/>.</summary>
    /// <param name="abortReason">What reads throw from now on.</param>
    public override void Abort(ConnectionAbortedException abortReason) => Connection.Abort(abortReason);

    /// <summary>Ends the connection now, see <see cref="PipeConnection.Abort"/>.</summary>
    public override void Abort() => Connection.Abort(new ConnectionAbortedException());

    /// <summary>Closes the connection in order, see <see cref="PipeConnection.DisposeAsync"/>.</summary>
    /// <returns>A task that ends when the connection has been let go.</returns>
    public override async ValueTask DisposeAsync()
    {
        await Connection.DisposeAsync().ConfigureAwait(false);
        await _closing.ConfigureAwait(false);
        _closed.Dispose();
    }

    private async Task CloseAsync()
    {
        await _transport.Closed.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await _closed.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
