using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace StreamPipes.Transports;

/// <summary>
/// Reads a stream by the best method it has. A blocking read first waits where it can be told to stop, at the socket under the stream; another stream's
/// blocking read ends with data, or when the stream is disposed.
/// </summary>
internal sealed class StreamReads
{
    /// <summary>How long the first wait at the socket is, in milliseconds, before it looks whether it is to stop. Each further one is twice as long.</summary>
    private const int FirstPoll = 1;
    private const int LongestPoll = 100;

    /// <summary>
    /// How long a read of a layer above the socket may wait, in milliseconds: what is in the socket need not be a whole record, nor one with data in it.
    /// </summary>
    private const int ReadLimit = 10;

    private readonly Stream _stream;
    private readonly StreamTraits _traits;
    private readonly Socket? _socket;
    private bool _mayHoldMore;
    private byte[]? _bounce;

    public StreamReads(Stream stream, StreamTraits traits)
    {
        _stream = stream;
        _traits = traits;
        _socket = traits.CanStopBlockingWait ? traits.Socket : null;
        _mayHoldMore = traits.HoldsBytes;
    }

    /// <summary>What a stream says that does not keep its side is an error, and must not pass for bytes, or for none yet.</summary>
    public static int Checked(int read, int length) =>
        (uint)read <= (uint)length ? read : throw new InvalidOperationException($"The stream says that it has read {read} bytes into a buffer of {length}.");

    /// <summary>Blocks until there is something in the socket.</summary>
    public static void WaitForInput(Socket socket, CancellationToken cancellationToken)
    {
        for (int poll = FirstPoll; !socket.Poll(poll * 1000, SelectMode.SelectRead); poll = Math.Min(2 * poll, LongestPoll)) cancellationToken.ThrowIfCancellationRequested();
    }

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (!_traits.HasOnlyBlockingReads) return _stream.ReadAsync(buffer, cancellationToken);
        if (MemoryMarshal.TryGetArray(buffer, out ArraySegment<byte> segment)) return new ValueTask<int>(ReadElsewhereAsync(segment, cancellationToken));
        return ReadNativeElsewhereAsync(buffer, cancellationToken);
    }

    /// <summary>Blocks until there is something in the socket, or a layer above it may hold something.</summary>
    public void WaitForInput(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_socket is not null && !_mayHoldMore) WaitForInput(_socket, cancellationToken);
    }

    /// <returns>How many bytes were read, 0 at the end, or -1 if there is nothing yet.</returns>
    public int Read(Memory<byte> buffer)
    {
        if (_socket is null || !_traits.HoldsBytes) return ReadNow(buffer);

        // What a layer above the socket holds, or still waits for, no look at the socket can tell: a short wait does.
        int before = _socket.ReceiveTimeout;
        _socket.ReceiveTimeout = _mayHoldMore ? FirstPoll : ReadLimit;
        try
        {
            int read = ReadNow(buffer);

            // The layer may have taken more from the socket than it gave: further data, or the end.
            _mayHoldMore = true;
            return read;
        }
        catch (IOException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.TimedOut or SocketError.WouldBlock } && !DeliveryProbe.IsGone(_socket))
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
        if (MemoryMarshal.TryGetArray(buffer, out ArraySegment<byte> segment)) return Checked(_stream.Read(segment.Array ?? [], segment.Offset, segment.Count), buffer.Length);
        if (_traits.ReadsIntoSpans) return _stream.Read(buffer.Span);
        byte[] bounce = BounceOf(buffer.Length);
        int read = Checked(_stream.Read(bounce, 0, buffer.Length), buffer.Length);
        bounce.AsMemory(0, read).CopyTo(buffer);
        return read;
    }

    private Task<int> ReadElsewhereAsync(ArraySegment<byte> segment, CancellationToken cancellationToken) =>
        Task.Run(() => _stream.Read(segment.Array ?? [], segment.Offset, segment.Count), cancellationToken);

    /// <summary>Memory that is no array goes by way of one, where the stream takes only arrays.</summary>
    private async ValueTask<int> ReadNativeElsewhereAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        byte[] bounce = BounceOf(buffer.Length);
        int read = Checked(await ReadElsewhereAsync(new ArraySegment<byte>(bounce, 0, buffer.Length), cancellationToken).ConfigureAwait(false), buffer.Length);
        bounce.AsMemory(0, read).CopyTo(buffer);
        return read;
    }

    private byte[] BounceOf(int length) => _bounce is not null && _bounce.Length >= length ? _bounce : _bounce = new byte[length];
}
