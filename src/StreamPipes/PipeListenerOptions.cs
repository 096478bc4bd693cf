using System.Net;
using System.Net.Sockets;

namespace StreamPipes;

/// <summary>
/// How a listener accepts, limits and ends. All properties are optional. An instance may be shared by any number of listeners: the first one that is made with it makes it
/// read-only.
/// </summary>
/// <remarks>
/// <para><b>Setting.</b> By an object initializer, by a lambda (<c>services.Configure&lt;PipeListenerOptions&gt;(options => ...)</c>), or one property after the
/// other. <see cref="SocketConnection.Listen"/> makes them read-only, and <see cref="Connection"/> with them.</para>
/// <para><b>Copying.</b> <c>new PipeListenerOptions(options)</c> is a copy that can be changed.</para>
/// <para><b>Concurrency.</b> Options that are read-only may be used from any thread. Until then one thread sets them.</para>
/// <para><b>Errors.</b> A value that makes no sense throws <see cref="ArgumentOutOfRangeException"/> where it is set. Setting any property of options that
/// are read-only throws <see cref="InvalidOperationException"/>.</para>
/// </remarks>
public sealed partial class PipeListenerOptions
{
    /// <summary>Between a setter and the first listener, so that nothing changes once it is in use.</summary>
    private readonly object _sync = new();
    private volatile bool _isReadOnly;
    private PipeConnectionOptions? _connection;
    private int _backlog = 512;
    private int _maximumConnections = int.MaxValue;
    private int _maximumHandshakes = 1000;
    private TimeSpan _shutdownTimeout = TimeSpan.FromSeconds(10);
    private Action<Socket>? _configureSocket;
    private Action<EndPoint?, Exception>? _onConnectionFault;
    private bool _proxyProtocol;
    private Func<EndPoint?, bool>? _isTrustedProxy;

    /// <summary>Makes options in which every property has its default.</summary>
    public PipeListenerOptions()
    {
    }

    /// <summary>Makes a copy, which can be changed whether or not the original is in use. What the properties refer to is shared.</summary>
    /// <param name="other">What to copy.</param>
    /// <exception cref="ArgumentNullException"><paramref name="other"/> is <see langword="null"/>.</exception>
    public PipeListenerOptions(PipeListenerOptions other)
    {
        if (other is null) throw new ArgumentNullException(nameof(other));
        _connection = other._connection;
        _backlog = other._backlog;
        _maximumConnections = other._maximumConnections;
        _maximumHandshakes = other._maximumHandshakes;
        _shutdownTimeout = other._shutdownTimeout;
        _configureSocket = other._configureSocket;
        _onConnectionFault = other._onConnectionFault;
        _proxyProtocol = other._proxyProtocol;
        _isTrustedProxy = other._isTrustedProxy;
        CopyTls(other);
    }

    /// <summary>
    /// The options of every connection, <see cref="PipeConnectionOptions.ConfigureSocket"/> of an accepted socket among them. Default <see langword="null"/>: the
    /// defaults. <see cref="PipeConnectionOptions.LeaveOpen"/> is refused.
    /// </summary>
    public PipeConnectionOptions? Connection
    {
        get => _connection;
        set => Set(ref _connection, value);
    }

    /// <summary>How many clients may wait in the system to be accepted. Default 512; at least 1. The system may have a lower limit of its own (Linux: <c>net.core.somaxconn</c>).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int Backlog
    {
        get => _backlog;
        set => Set(ref _backlog, AtLeastOne(value));
    }

    /// <summary>
    /// How many connections may be open at the same time, those in their handshake included. While there are as many no client is accepted: it waits in the
    /// <see cref="Backlog"/> until one has ended. Default <see cref="int.MaxValue"/>: no limit; at least 1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int MaximumConnections
    {
        get => _maximumConnections;
        set => Set(ref _maximumConnections, AtLeastOne(value));
    }

    /// <summary>
    /// How many handshakes may be under way at the same time: TLS, and the wait for a PROXY header. When there are as many and another client comes, the oldest is given up, so no client
    /// waits for others that stall. Default 1,000; at least 1. It is never more than half of <see cref="MaximumConnections"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int MaximumHandshakes
    {
        get => _maximumHandshakes;
        set => Set(ref _maximumHandshakes, AtLeastOne(value));
    }

    /// <summary>
    /// Whether every client begins with a header of HAProxy's PROXY protocol, version 1 or 2, from the proxy in front of this server. It is read before anything else, TLS included. Then
    /// <see cref="PipeConnection.RemoteEndPoint"/> is the client's address and <see cref="PipeConnection.LocalEndPoint"/> the one it connected to, and
    /// <see cref="PipeConnection.ProxyHeader"/> has the rest. Default <see langword="false"/>: no header is read.
    /// </summary>
    /// <remarks>
    /// <para><b>Errors.</b> A client that sends no header, or a malformed one, or takes longer than <see cref="PipeConnectionOptions.HandshakeTimeout"/>, is refused and reported to
    /// <see cref="OnConnectionFault"/>; no other client is affected. A header is never guessed at: that would let a client choose its address.</para>
    /// <para><b>Addresses.</b> The socket's remain where the header has none (LOCAL, UNKNOWN, an unspecified family).</para>
    /// <para><b>Security.</b> Anyone who can connect can send a header. Let only proxies connect, or set <see cref="IsTrustedProxy"/>.</para>
    /// </remarks>
    public bool ProxyProtocol
    {
        get => _proxyProtocol;
        set => Set(ref _proxyProtocol, value);
    }

    /// <summary>
    /// Which peers may send a PROXY header. It is called with the address of the socket (<see langword="null"/> for a Unix-domain client without a name) before a byte is read; a peer for
    /// which it returns <see langword="false"/>, or throws, is refused and reported to <see cref="OnConnectionFault"/>. Default <see langword="null"/>: every peer. Without
    /// <see cref="ProxyProtocol"/> it is not called.
    /// </summary>
    public Func<EndPoint?, bool>? IsTrustedProxy
    {
        get => _isTrustedProxy;
        set => Set(ref _isTrustedProxy, value);
    }

    /// <summary>
    /// How long a stop waits for the handlers of <see cref="PipeListener.ServeAsync"/>, and for their connections to close, before it aborts what is left. Default 10
    /// seconds; zero aborts at once, <see cref="Timeout.InfiniteTimeSpan"/> waits indefinitely.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative and not infinite, or longer than a timer can wait (about 49 days).</exception>
    public TimeSpan ShutdownTimeout
    {
        get => _shutdownTimeout;
        set => Set(ref _shutdownTimeout, value == TimeSpan.Zero ? value : PipeConnectionOptions.TimeLimit(value));
    }

    /// <summary>
    /// What is called with the listening socket before it is bound. Default <see langword="null"/>. For accepted sockets there is
    /// <see cref="PipeConnectionOptions.ConfigureSocket"/> of <see cref="Connection"/>. What it throws, <see cref="SocketConnection.Listen"/> throws.
    /// </summary>
    public Action<Socket>? ConfigureSocket
    {
        get => _configureSocket;
        set => Set(ref _configureSocket, value);
    }

    /// <summary>
    /// What is called, once, for everything that goes wrong with a client and that no caller would see otherwise. Default <see langword="null"/>: such faults are dropped. What it
    /// throws is ignored.
    /// </summary>
    /// <remarks>
    /// <para>It is called with the client's address, if it is known, and the exception:</para>
    /// <list type="bullet">
    /// <item>of a handler of <see cref="PipeListener.ServeAsync"/>, but for the cancellation of a handler that heeds its token at a stop;</item>
    /// <item>of a connection that failed after its handler had returned, so that what it had written may not have arrived;</item>
    /// <item>of a TLS handshake, of a PROXY header (the address is the proxy's then), or of <see cref="PipeConnectionOptions.ConfigureSocket"/>;</item>
    /// <item>of an accept, when no descriptor is left for example. There is no client then. The listener tries again on its own, and reports the first failure of a series only.</item>
    /// </list>
    /// <para><b>Concurrency.</b> It may be called from several threads at the same time, the thread that accepts among them: it must not block.</para>
    /// </remarks>
    public Action<EndPoint?, Exception>? OnConnectionFault
    {
        get => _onConnectionFault;
        set => Set(ref _onConnectionFault, value);
    }

    internal static PipeListenerOptions Default { get; } = new() { _isReadOnly = true };

    /// <summary>Handshakes that stall never take all the places of the connections, if there is more than one.</summary>
    internal int HandshakesAtOnce => Math.Max(1, Math.Min(_maximumHandshakes, _maximumConnections / 2));

    /// <summary>For a listener, before it looks at the options: what is given, read-only from here on, or the defaults.</summary>
    internal static PipeListenerOptions InUse(PipeListenerOptions? given)
    {
        if (given is null) return Default;
        if (!given._isReadOnly)
        {
            lock (given._sync) given._isReadOnly = true;
        }

        return given;
    }

    private static int AtLeastOne(int value) => value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A listener needs room for at least one client.");

    partial void CopyTls(PipeListenerOptions other);

    private void Set<T>(ref T field, T value)
    {
        lock (_sync)
        {
            if (_isReadOnly) throw new InvalidOperationException("A listener uses these options already, so they cannot be changed any more. Change a copy: new PipeListenerOptions(options).");
            field = value;
        }
    }
}
