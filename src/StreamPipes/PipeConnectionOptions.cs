using System.IO.Pipelines;
using System.Net.Sockets;

namespace StreamPipes;

/// <summary>
/// How a connection reads, writes, schedules and closes. All properties are optional. An instance may be shared by any number of connections: the
/// first one that is made with it makes it read-only.
/// </summary>
/// <remarks>
/// <para><b>Setting.</b> By an object initializer, by a lambda (<c>services.Configure&lt;PipeConnectionOptions&gt;(options => ...)</c>), or one property after the
/// other. Every factory of a connection makes the options read-only as soon as it has accepted its arguments, even if no connection comes of it.</para>
/// <para><b>Copying.</b> <c>new PipeConnectionOptions(options)</c> is a copy that can be changed.</para>
/// <para><b>Concurrency.</b> Options that are read-only may be used from any thread. Until then one thread sets them.</para>
/// <para><b>Errors.</b> A value that makes no sense throws <see cref="ArgumentOutOfRangeException"/> where it is set. Setting any property of options that
/// are read-only throws <see cref="InvalidOperationException"/>.</para>
/// </remarks>
public sealed partial class PipeConnectionOptions
{
    /// <summary>Between a setter and the first connection, so that nothing changes once it is in use.</summary>
    private readonly object _sync = new();
    private volatile bool _isReadOnly;
    private PipeOptions? _receivePipeOptions;
    private PipeOptions? _sendPipeOptions;
    private bool _leaveOpen;
    private bool? _useZeroByteReads;
    private bool? _survivesCanceledReads;
    private bool _requireCloseNotify;
    private int _minimumReadSize = 4096;
    private int _maximumWriteSize = 32 * 1024;
    private bool _flushThrough;
    private bool _clearBuffers;
    private PumpScheduling _scheduling;
    private bool _useSynchronizationContext;
    private TimeSpan _connectTimeout = TimeSpan.FromSeconds(15);
    private Action<Socket>? _configureSocket;
    private ProxyHeader? _proxyHeader;
    private TimeSpan _closeTimeout = TimeSpan.FromSeconds(5);
    private TimeSpan _idleTimeout = Timeout.InfiniteTimeSpan;
    private TimeSpan _writeTimeout = Timeout.InfiniteTimeSpan;
    private TimeSpan _handshakeTimeout = TimeSpan.FromSeconds(10);
    private TimeProvider? _timeProvider;

    /// <summary>Makes options in which every property has its default.</summary>
    public PipeConnectionOptions()
    {
    }

    /// <summary>Makes a copy, which can be changed whether or not the original is in use. What the properties refer to is shared.</summary>
    /// <param name="other">What to copy.</param>
    /// <exception cref="ArgumentNullException"><paramref name="other"/> is <see langword="null"/>.</exception>
    public PipeConnectionOptions(PipeConnectionOptions other)
    {
        if (other is null) throw new ArgumentNullException(nameof(other));
        _receivePipeOptions = other._receivePipeOptions;
        _sendPipeOptions = other._sendPipeOptions;
        _leaveOpen = other._leaveOpen;
        _useZeroByteReads = other._useZeroByteReads;
        _survivesCanceledReads = other._survivesCanceledReads;
        _requireCloseNotify = other._requireCloseNotify;
        _minimumReadSize = other._minimumReadSize;
        _maximumWriteSize = other._maximumWriteSize;
        _flushThrough = other._flushThrough;
        _clearBuffers = other._clearBuffers;
        _scheduling = other._scheduling;
        _useSynchronizationContext = other._useSynchronizationContext;
        _connectTimeout = other._connectTimeout;
        _configureSocket = other._configureSocket;
        _proxyHeader = other._proxyHeader;
        _closeTimeout = other._closeTimeout;
        _idleTimeout = other._idleTimeout;
        _writeTimeout = other._writeTimeout;
        _handshakeTimeout = other._handshakeTimeout;
        _timeProvider = other._timeProvider;
    }

    /// <summary>
    /// Options of the pipe that holds received bytes. Default <see langword="null"/>: the library's own block pool, 32 KiB segments, a pause at
    /// 128 KiB, a resume at 64 KiB.
    /// </summary>
    /// <remarks>
    /// <para>The thresholds, the pool and the segment size of given options always count, also those that the framework fills in:
    /// <c>new PipeOptions(pauseWriterThreshold: ...)</c> has segments of 4 KiB from <see cref="System.Buffers.MemoryPool{T}.Shared"/>.</para>
    /// <para>A scheduler of given options counts if it is not <see cref="PipeScheduler.ThreadPool"/>, which is what <see cref="PipeOptions"/> has where no
    /// scheduler is named; otherwise <see cref="Scheduling"/> decides. Of this pipe, <see cref="PipeOptions.WriterScheduler"/> runs the receive pump and
    /// <see cref="PipeOptions.ReaderScheduler"/> resumes the reader.</para>
    /// <para>Their <see cref="PipeOptions.UseSynchronizationContext"/> does not count, see <see cref="UseSynchronizationContext"/>.</para>
    /// </remarks>
    public PipeOptions? ReceivePipeOptions
    {
        get => _receivePipeOptions;
        set => Set(ref _receivePipeOptions, value);
    }

    /// <summary>
    /// Options of the pipe that holds bytes to be sent, with the same defaults and rules as <see cref="ReceivePipeOptions"/>. A
    /// <see cref="PipeWriter.FlushAsync"/> waits while more than <see cref="PipeOptions.PauseWriterThreshold"/> bytes are unsent. Of this pipe,
    /// <see cref="PipeOptions.ReaderScheduler"/> runs the send pump and <see cref="PipeOptions.WriterScheduler"/> resumes a flush that waited.
    /// </summary>
    public PipeOptions? SendPipeOptions
    {
        get => _sendPipeOptions;
        set => Set(ref _sendPipeOptions, value);
    }

    /// <summary>
    /// Whether the stream stays open, and the caller's, when the connection ends. Default <see langword="false"/>: the connection owns
    /// the stream. With <see langword="true"/> nothing is shut down or disposed, not even by <see cref="PipeConnection.Abort"/>; what was
    /// written is flushed, and the pending read of the stream is cancelled then, and over before <see cref="PipeConnection.Completion"/> ends. A stream that does not
    /// bear that (see <see cref="SurvivesCanceledReads"/>) is of no use afterwards: detach it instead. One whose <c>ReadAsync</c> ignores its token is abandoned after
    /// <see cref="CloseTimeout"/>.
    /// </summary>
    public bool LeaveOpen
    {
        get => _leaveOpen;
        set => Set(ref _leaveOpen, value);
    }

    /// <summary>
    /// Whether to wait for data with an empty read before a buffer is rented, so that an idle connection holds none. Default
    /// <see langword="null"/>: on for <see cref="System.Net.Sockets.NetworkStream"/>, <see cref="System.Net.Security.SslStream"/> and the
    /// streams of <see cref="DuplexPipe.AsStream"/>; off for streams this library does not know, because some take an empty read for the
    /// end (dotnet/runtime#88792).
    /// </summary>
    public bool? UseZeroByteReads
    {
        get => _useZeroByteReads;
        set => Set(ref _useZeroByteReads, value);
    }

    /// <summary>
    /// Whether a read of the stream that is cancelled loses nothing and leaves the stream as it was, in both directions. Default <see langword="null"/>: yes
    /// for sockets, <see cref="System.Net.Sockets.NetworkStream"/>, the streams of <see cref="DuplexPipe.AsStream"/>, and
    /// <see cref="System.Net.Security.SslStream"/> over these; no for everything else, because a cancelled read ends some streams (a WebSocket's, the one behind
    /// HTTP 101) with what is still on its way. Such a stream is disposed before its pending read is cancelled, and a read that is still pending stays where the
    /// connection leaves the stream to its owner. Say yes for a stream of your own that bears it.
    /// </summary>
    public bool? SurvivesCanceledReads
    {
        get => _survivesCanceledReads;
        set => Set(ref _survivesCanceledReads, value);
    }

    /// <summary>
    /// The smallest buffer, in bytes, ever offered to a read of the stream, or an eighth of a block of the receiving pipe's memory pool, if that
    /// is less. Default 4,096; at least 1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int MinimumReadSize
    {
        get => _minimumReadSize;
        set => Set(ref _minimumReadSize, value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A read needs a buffer of at least one byte."));
    }

    /// <summary>
    /// Up to how many bytes small pieces are joined into one write of the stream. Default 32,768, the most that
    /// <see cref="System.Net.Security.SslStream"/> hands on at once; at least 1. It is not a limit: a larger piece of contiguous memory is
    /// written as it is.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int MaximumWriteSize
    {
        get => _maximumWriteSize;
        set => Set(ref _maximumWriteSize, value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A write carries at least one byte."));
    }

    /// <summary>
    /// Whether <see cref="PipeWriter.FlushAsync"/> ends only when its bytes have been written to the stream and the stream has been
    /// flushed, with one write for each flush whatever its size. Default <see langword="false"/>: a flush hands the bytes to the send pump
    /// and ends at once, unless back-pressure makes it wait or its bytes complete a whole write to a socket, which it then makes; flushes that come while the
    /// pump is writing share the next write.
    /// </summary>
    public bool FlushThrough
    {
        get => _flushThrough;
        set => Set(ref _flushThrough, value);
    }

    /// <summary>
    /// Whether the library's buffers are cleared when the connection is done with them, so that no secret stays in pooled memory: the blocks
    /// of both directions, whatever their pool, and those in which small pieces are joined. Default <see langword="false"/>. Memory that the caller
    /// still has when the connection ends is cleared once it is given back (<see cref="PipeReader.AdvanceTo(System.SequencePosition)"/>,
    /// <see cref="PipeWriter.Advance"/>), not below its user. What the stream itself keeps, such as the buffers of TLS, is not the library's to clear.
    /// </summary>
    public bool ClearBuffers
    {
        get => _clearBuffers;
        set => Set(ref _clearBuffers, value);
    }

    /// <summary>
    /// Which thread moves the bytes, and where a reader or a flush that waited resumes. Default <see cref="PumpScheduling.Default"/>. Schedulers of given
    /// pipe options that are not <see cref="PipeScheduler.ThreadPool"/> come before it, each for what it schedules; for both on the thread pool
    /// set <see cref="PumpScheduling.ThreadPool"/> here.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not one of the enumeration's.</exception>
    public PumpScheduling Scheduling
    {
        get => _scheduling;
        set => Set(ref _scheduling, value is >= PumpScheduling.Default and <= PumpScheduling.DedicatedThreads
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "There is no such PumpScheduling."));
    }

    /// <summary>
    /// Whether code that awaits a read of <see cref="PipeConnection.Input"/> or a flush of <see cref="PipeConnection.Output"/> resumes in the
    /// <see cref="SynchronizationContext"/> or <see cref="TaskScheduler"/> in which it began to wait, as awaiting a <see cref="Task"/> does. Default
    /// <see langword="false"/>: it resumes where <see cref="Scheduling"/> says, even on a thread with a context. For code that belongs to a window. Awaiting with
    /// <c>ConfigureAwait(false)</c> captures nothing either way.
    /// </summary>
    public bool UseSynchronizationContext
    {
        get => _useSynchronizationContext;
        set => Set(ref _useSynchronizationContext, value);
    }

    /// <summary>
    /// What is called with each new socket: one that <see cref="SocketConnection.ConnectAsync"/> has made, before it connects, and one that a
    /// <see cref="PipeListener"/> has accepted, before it becomes a connection. For buffer sizes, keep-alive, a local address to bind to. Default
    /// <see langword="null"/>. A name with several addresses has a socket for each that is tried. What it throws fails that socket, and no other.
    /// <see cref="SocketConnection.Create"/> does not call it: that socket is the caller's to configure.
    /// </summary>
    public Action<Socket>? ConfigureSocket
    {
        get => _configureSocket;
        set => Set(ref _configureSocket, value);
    }

    /// <summary>
    /// A header of the PROXY protocol, which <see cref="SocketConnection.ConnectAsync"/> sends before anything else, TLS included: for a proxy, which says so for which client it connects.
    /// Default <see langword="null"/>: none. Other factories do not send it. The server must expect it. A proxy makes a copy of its options for each client.
    /// </summary>
    public ProxyHeader? ProxyHeader
    {
        get => _proxyHeader;
        set => Set(ref _proxyHeader, value);
    }

    /// <summary>
    /// How long <see cref="SocketConnection.ConnectAsync"/> may take, the resolution of a name, all its addresses and the sending of the <see cref="ProxyHeader"/> included. Then it throws a
    /// <see cref="TimeoutException"/>. Default 15 seconds; <see cref="Timeout.InfiniteTimeSpan"/> leaves it to the system, which gives up after minutes.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not more than zero and not infinite, or longer than a timer can wait (about 49 days).</exception>
    public TimeSpan ConnectTimeout
    {
        get => _connectTimeout;
        set => Set(ref _connectTimeout, TimeLimit(value));
    }

    /// <summary>
    /// How long closing may take: the sending of what was written once both ends are completed or the connection is disposed, the wait for
    /// the peer's own close after ours, and the wait for a stream that does not let go. Default 5 seconds;
    /// <see cref="Timeout.InfiniteTimeSpan"/> waits indefinitely. Bytes still unsent when it passes are dropped, and
    /// <see cref="PipeConnection.Completion"/> faults with a <see cref="TimeoutException"/>. The sending of a writer of
    /// <see cref="StreamConnection.CreateWriter"/> takes as long as it takes.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative and not infinite, or longer than a timer can wait (about 49 days).</exception>
    public TimeSpan CloseTimeout
    {
        get => _closeTimeout;
        set => Set(ref _closeTimeout, value == TimeSpan.Zero ? value : TimeLimit(value));
    }

    /// <summary>
    /// How long a handshake may take: that of <c>TlsConnection</c>, and all that a <see cref="PipeListener"/> waits for before a client has a connection, which is the PROXY header
    /// (<see cref="PipeListenerOptions.ProxyProtocol"/>) and TLS together. Then it throws a <see cref="TimeoutException"/> and the transport is
    /// disposed, unless it is to be left open. Default 10 seconds; <see cref="Timeout.InfiniteTimeSpan"/> waits indefinitely.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not more than zero and not infinite, or longer than a timer can wait (about 49 days).</exception>
    public TimeSpan HandshakeTimeout
    {
        get => _handshakeTimeout;
        set => Set(ref _handshakeTimeout, TimeLimit(value));
    }

    /// <summary>
    /// How long the connection may be without a byte in either direction. Then it is aborted, with a <see cref="TimeoutException"/> at both
    /// ends and <see cref="CloseReason.TimedOut"/>. Default <see cref="Timeout.InfiniteTimeSpan"/>: no limit. It does not pass while the receive
    /// pump waits for the reader to make room, and ends where the close begins, which <see cref="CloseTimeout"/> limits. It is checked by one timer
    /// for each connection, never per read or write.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not more than zero and not infinite, or longer than a timer can wait (about 49 days).</exception>
    public TimeSpan IdleTimeout
    {
        get => _idleTimeout;
        set => Set(ref _idleTimeout, TimeLimit(value));
    }

    /// <summary>
    /// How long one write, flush or half-close of the stream may take: a peer that does not read stops it. Then the connection is aborted, with a
    /// <see cref="TimeoutException"/> at both ends and <see cref="CloseReason.TimedOut"/>. Default <see cref="Timeout.InfiniteTimeSpan"/>:
    /// indefinitely.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not more than zero and not infinite, or longer than a timer can wait (about 49 days).</exception>
    public TimeSpan WriteTimeout
    {
        get => _writeTimeout;
        set => Set(ref _writeTimeout, TimeLimit(value));
    }

    internal static PipeConnectionOptions Default { get; } = new() { _isReadOnly = true };

    /// <summary>For every factory of a connection, before it looks at the options: what is given, read-only from here on, or the defaults.</summary>
    internal static PipeConnectionOptions InUse(PipeConnectionOptions? given)
    {
        if (given is null) return Default;
        if (!given._isReadOnly)
        {
            lock (given._sync) given._isReadOnly = true;
        }

        return given;
    }

    internal static TimeSpan TimeLimit(TimeSpan value) => value == Timeout.InfiniteTimeSpan || (value > TimeSpan.Zero && value.TotalMilliseconds <= uint.MaxValue - 1)
        ? value
        : throw new ArgumentOutOfRangeException(nameof(value), value, "A time limit is more than zero (a CloseTimeout or ShutdownTimeout may be zero) and under 49 days, or Timeout.InfiniteTimeSpan.");

    private void Set<T>(ref T field, T value)
    {
        lock (_sync)
        {
            if (_isReadOnly) throw new InvalidOperationException("A connection uses these options already, so they cannot be changed any more. Change a copy: new PipeConnectionOptions(options).");
            field = value;
        }
    }
}
