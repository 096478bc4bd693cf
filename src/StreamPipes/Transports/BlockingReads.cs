using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace StreamPipes.Transports;

/// <summary>
/// Reads a stream by its blocking methods, and waits where it can be told to stop: at the socket under it. Another stream's blocking read
/// ends with data, or when the stream is disposed.
/// </summary>
internal sealed class BlockingReads
{
    /// <summary>How soon a wait looks whether it is to stop, in milliseconds. Each further look takes twice as long as the one before.</summary>
    private const int FirstLook = 1;
    private const int LongestLook = 100;

    /// <summary>
    /// How long a read of a layer above the socket may wait, in milliseconds: what is in the socket need not be a whole record, nor one with data in it.
    /// </summary>
    private const int ReadLimit = 10;

    private readonly Stream _stream;
    private readonly Socket? _socket;
    private bool _mayHoldMore;
    private byte[]? _bounce;

    public BlockingReads(Stream stream)
    {
        _stream = stream;

        if (CanBeStopped(stream)) _socket = SocketAccess.Find(stream);
        _mayHoldMore = stream is not NetworkStream;
    }

    /// <summary>Whether a wait for input can be stopped. Under two layers the lower one may hold what the upper one did not ask for.</summary>
    public static bool CanBeStopped(Stream stream) => stream is NetworkStream || (stream is SslStream tls && SocketAccess.InnerOf(tls) is NetworkStream);

    /// <summary>Blocks until there is something in the socket, or a layer above it may hold something.</summary>
    public void Wait(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_socket is not null && !_mayHoldMore) Wait(_socket, cancellationToken);
    }

    public static void Wait(Socket socket, CancellationToken cancellationToken)
    {
        for (int look = FirstLook; !socket.Poll(look * 1000, SelectMode.SelectRead); look = Math.Min(2 * look, LongestLook)) cancellationToken.ThrowIfCancellationRequested();
    }

    /// <returns>How many bytes were read, 0 at the end, or -1 if there is nothing yet.</returns>
    public int Read(Memory<byte> buffer)
    {
        if (_socket is null || _stream is NetworkStream) return ReadNow(buffer);

        // What a layer above the socket holds, or still waits for, no look at the socket can tell: a short wait does.
        int before = _socket.ReceiveTimeout;
        _socket.ReceiveTimeout = _mayHoldMore ? FirstLook : ReadLimit;
        try
        {
            int read = ReadNow(buffer);

            // The layer may have taken more from the socket than it gave: further data, or the end.
            _mayHoldMore = true;
            return read;
        }
        catch (IOException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.TimedOut or SocketError.WouldBlock })
        {
            _mayHoldMore = false;
            return -1;
        }
        finally
        {
            RestoreTimeout(_socket, before);
        }
    }

    private static void RestoreTimeout(Socket socket, int timeout)
    {
        try
        {
            socket.ReceiveTimeout = timeout;
        }
        catch (ObjectDisposedException)
        {
            // Closed meanwhile: it has no limits any more.
        }
    }

    private int ReadNow(Memory<byte> buffer)
    {
#if NET
        if (_stream is NetworkStream or SslStream) return _stream.Read(buffer.Span);
#endif
        if (MemoryMarshal.TryGetArray(buffer, out ArraySegment<byte> segment)) return StreamReads.Checked(_stream.Read(segment.Array!, segment.Offset, segment.Count), buffer.Length);
        if (_bounce is null || _bounce.Length < buffer.Length) _bounce = new byte[buffer.Length];
        int read = StreamReads.Checked(_stream.Read(_bounce, 0, buffer.Length), buffer.Length);
        _bounce.AsMemory(0, read).CopyTo(buffer);
        return read;
    }
}
