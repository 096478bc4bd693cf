using System.IO.Compression;
using System.Net.Security;
using System.Net.Sockets;
using StreamPipes.PipeStreams;

namespace StreamPipes.Transports;

/// <summary>What is known of particular kinds of stream. Everything else is an unknown stream: it is read, written, flushed, disposed.</summary>
internal static class StreamTraits
{
    /// <summary>Whether an empty read waits for data. Some other streams take it for the end (dotnet/runtime#88792).</summary>
    public static bool WaitsOnEmptyReads(Stream stream) => stream is NetworkStream or SslStream or DuplexPipeStream
        || (stream is ReplayStream replay && WaitsOnEmptyReads(replay.Inner));

    /// <summary>
    /// On Mono and .NET Framework a pending read of an <see cref="SslStream"/> cannot be cancelled, and on Mono its shutdown ends reading too: there it
    /// gets none, and the peer sees the end when the stream is disposed.
    /// </summary>
#if NET
    public static bool TlsHasHalfClose => true;
#else
    public static bool TlsHasHalfClose { get; } = Type.GetType("Mono.Runtime") is null
        && !System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription.StartsWith(".NET Framework", StringComparison.Ordinal);
#endif

    /// <summary>
    /// <see cref="SslStream"/> sends close_notify without the lock that guards decryption: beside a read that gets data, sessions broke or
    /// hung in one transfer out of 15.
    /// </summary>
    public static bool ShutdownNeedsQuietReads(Stream stream) => (stream is SslStream && TlsHasHalfClose) || (stream is ReplayStream replay && ShutdownNeedsQuietReads(replay.Inner));

    /// <summary>
    /// The dispose of a stream over native code takes its memory away from a thread that is at work in it: of an <see cref="SslStream"/> OpenSSL's session, of a
    /// compressing stream its dictionary. The process was seen to crash. A read that cannot be cancelled would not get quiet but by a reset, which
    /// loses what the peer has not read yet: there the dispose itself has to do.
    /// </summary>
    public static bool DisposeNeedsQuiet(Stream stream) => stream switch
    {
        SslStream => TlsHasHalfClose,
        GZipStream or DeflateStream => true,
#if NET
        ZLibStream or BrotliStream => true,
#endif
        ReplayStream replay => DisposeNeedsQuiet(replay.Inner),
        _ => false,
    };

    /// <summary>A socket closed with unread input makes the kernel send RST, and the peer may lose what it has not read yet.</summary>
    public static bool LingersAfterShutdown(Stream stream) => (stream is not SslStream || TlsHasHalfClose) && SocketAccess.Find(stream) is not null;

    /// <summary>
    /// Whether neither its asynchronous methods nor its dispose ever block, so that they may run on any caller's thread. Unknown streams get
    /// threads of the pool.
    /// </summary>
    public static bool NeverBlocks(Stream stream) => stream switch
    {
        NetworkStream or DuplexPipeStream => true,
        SslStream tls => NeverBlocks(SocketAccess.InnerOf(tls)),
        ReplayStream replay => NeverBlocks(replay.Inner),
        _ => false,
    };

    /// <summary>
    /// Whether the stream has only the blocking reads. The framework then runs its asynchronous reads and writes one after the other, so
    /// that on a duplex stream a pending read would keep every write waiting.
    /// </summary>
    public static bool HasOnlyBlockingReads(Stream stream)
    {
        if (stream is ReplayStream replay) return HasOnlyBlockingReads(replay.Inner);
        if (stream is NetworkStream or SslStream or DuplexPipeStream) return false;
        return IsStreamsOwn((Func<byte[], int, int, CancellationToken, Task<int>>)stream.ReadAsync)
#if NET
            && IsStreamsOwn((Func<Memory<byte>, CancellationToken, ValueTask<int>>)stream.ReadAsync)
#endif
            && IsStreamsOwn((Func<byte[], int, int, AsyncCallback?, object?, IAsyncResult>)stream.BeginRead!);

        static bool IsStreamsOwn(Delegate method) => method.Method.DeclaringType == typeof(Stream);
    }
}
