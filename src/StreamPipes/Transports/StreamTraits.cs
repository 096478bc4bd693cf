using System.Net.Security;
using System.Net.Sockets;

namespace StreamPipes.Transports;

/// <summary>
/// What is known of a stream, found once for each transport. TLS takes much of it from the stream that carries it. Of an unknown stream nothing is known:
/// it is read, written, flushed and disposed.
/// </summary>
internal sealed record StreamTraits
{
    /// <summary>Whether an empty read waits for data. Some other streams take it for the end (dotnet/runtime#88792).</summary>
    public bool WaitsOnEmptyReads { get; init; }

    /// <summary>
    /// Whether neither its asynchronous methods nor its dispose ever block, so that they may run on any caller's thread. Unknown streams get
    /// threads of the pool.
    /// </summary>
    public bool NeverBlocks { get; init; }

    /// <summary>Whether it never blocks and what is written goes to a socket at once, or through TLS: no other code runs below a write.</summary>
    public bool WritesToKernel { get; init; }

    /// <summary>
    /// Whether the stream has only the blocking reads. The framework then runs its asynchronous reads and writes one after the other, so
    /// that on a duplex stream a pending read would keep every write waiting.
    /// </summary>
    public bool HasOnlyBlockingReads { get; init; }

    /// <summary>Whether its blocking read takes a span without copying.</summary>
    public bool ReadsIntoSpans { get; init; }

    /// <summary>Whether a read that is cancelled loses nothing and leaves the stream as it was, in both directions.</summary>
    public bool SurvivesCanceledRead { get; init; }

    /// <summary>
    /// Whether a pending read may be cancelled while the stream is of use: it loses nothing, and both directions continue, although something of it may be seen. Some
    /// streams end with a cancelled read, or lose what it had read: a WebSocket's, the one behind HTTP 101, a tunnel's. So it is not taken for granted.
    /// </summary>
    public bool MayCancelReads { get; init; }

    /// <summary>Whether neither token nor dispose ends a read, and nothing is lost if it is left behind: the process's own standard input.</summary>
    public bool AbandonsReads { get; init; }

    /// <summary>Whether the peer can be told that nothing more will be sent while reading continues.</summary>
    public bool HasHalfClose { get; init; }

    /// <summary>
    /// Whether the half-close must not run concurrently with a read. <see cref="SslStream"/> sends close_notify without the lock that guards decryption:
    /// beside a read that gets data, sessions broke or hung in one transfer out of 15.
    /// </summary>
    public bool ShutdownNeedsQuietReads { get; init; }

    /// <summary>
    /// Whether the dispose must not run concurrently with a read or a write. The dispose of a stream over native code takes its memory away from a thread
    /// that is at work in it: of an <see cref="SslStream"/> OpenSSL's session, of a compressing stream its dictionary. The process was seen to crash. A
    /// read that cannot be cancelled would not get quiet but by a reset, which loses what the peer has not read yet: there the dispose itself has to do.
    /// </summary>
    public bool DisposeNeedsQuiet { get; init; }

    /// <summary>The socket under the stream, directly or below other layers.</summary>
    public Socket? Socket { get; init; }

    /// <summary>Whether the socket ends with the stream. A <see cref="NetworkStream"/> need not own it: then the connection that owns the stream closes it.</summary>
    public bool EndsSocket { get; init; }

    /// <summary>What TLS has negotiated, where the stream is a session. Taken early, since an <see cref="SslStream"/> that is disposed tells nothing any more.</summary>
    public TlsSession? Tls { get; init; }

    /// <summary>Whether the stream may hold bytes that the socket under it holds no longer.</summary>
    public bool HoldsBytes { get; init; }

    /// <summary>
    /// Whether a blocking wait for input can be stopped, since it waits at the socket. Under two layers the lower one may hold what the upper one did not ask for.
    /// </summary>
    public bool CanStopBlockingWait { get; init; }

    /// <summary>
    /// Whether the dispose takes nothing away that the peer has not read yet. A socket that is closed with unread input makes the kernel send RST; there may be one
    /// under an unknown stream.
    /// </summary>
    public bool IsDisposedGently { get; init; }

    public bool LingersAfterShutdown => HasHalfClose && !IsDisposedGently;

    public static StreamTraits Of(Stream stream) => stream switch
    {
        IOwnStream own => own.Traits,
        NetworkStream network => OfNetwork(FrameworkStreams.SocketOf(network)),
        SslStream tls => OfTls(Of(FrameworkStreams.InnerOf(tls)), FrameworkStreams.LeavesInnerOpen(tls)) with { Tls = tls.IsAuthenticated ? TlsSession.TryCreate(tls) : null },
        _ => new StreamTraits
        {
            HasOnlyBlockingReads = InheritsReads(stream),
            DisposeNeedsQuiet = FrameworkStreams.IsCompressing(stream),
            AbandonsReads = IsConsole(stream),
            HoldsBytes = true,
        },
    };

    private static StreamTraits OfNetwork(Socket? socket) => new()
    {
        WaitsOnEmptyReads = true,
        NeverBlocks = true,
        WritesToKernel = true,
        ReadsIntoSpans = true,
        SurvivesCanceledRead = FrameworkStreams.SocketsSurviveCanceledReads,
        MayCancelReads = true,
        HasHalfClose = true,
        Socket = socket,
        EndsSocket = true,
        CanStopBlockingWait = true,
    };

    private static StreamTraits OfTls(StreamTraits carrier, bool leavesCarrierOpen) => new()
    {
        WaitsOnEmptyReads = true,
        NeverBlocks = carrier.NeverBlocks,
        WritesToKernel = carrier.WritesToKernel,
        ReadsIntoSpans = true,
        SurvivesCanceledRead = carrier.SurvivesCanceledRead,
        MayCancelReads = carrier.MayCancelReads,
        AbandonsReads = carrier.AbandonsReads,
        HasHalfClose = FrameworkStreams.TlsHasHalfClose,
        ShutdownNeedsQuietReads = FrameworkStreams.TlsHasHalfClose,
        DisposeNeedsQuiet = FrameworkStreams.TlsHasHalfClose,
        Socket = carrier.Socket,
        EndsSocket = carrier.EndsSocket && !leavesCarrierOpen,
        IsDisposedGently = carrier.IsDisposedGently,
        HoldsBytes = true,
        CanStopBlockingWait = carrier is { CanStopBlockingWait: true, HoldsBytes: false },
    };

    /// <summary>By its name, since its type is the framework's own. A read of it waits in the kernel for what the parent process may never write.</summary>
    private static bool IsConsole(Stream stream) => stream.CanRead && string.Equals(stream.GetType().BaseType?.FullName, "System.IO.ConsoleStream", StringComparison.Ordinal);

    private static bool InheritsReads(Stream stream)
    {
        return IsStreamsOwn((Func<byte[], int, int, CancellationToken, Task<int>>)stream.ReadAsync)
            && FrameworkStreams.InheritsMemoryReads(stream)
            && IsStreamsOwn((Func<byte[], int, int, AsyncCallback?, object?, IAsyncResult>)stream.BeginRead!);

        static bool IsStreamsOwn(Delegate method) => method.Method.DeclaringType == typeof(Stream);
    }
}
