using System.Net.Sockets;

namespace StreamPipes.Tests.Hostile;

/// <summary>Carries bytes between an honest peer and the socket that the library's own socket is connected to, and does what it is told to the peer's.</summary>
internal sealed class TamperingRelay
{
    private readonly Socket _socket;
    private readonly Stream _peer;
    private readonly Tampering _tampering;
    private readonly RecordCounter _records = new();

    public TamperingRelay(Socket socket, Stream peer, Tampering tampering)
    {
        _socket = socket;
        _peer = peer;
        _tampering = tampering;
    }

    /// <summary>How many bytes of the peer were passed on.</summary>
    public long Forwarded { get; private set; }

    public bool EndedAtRecordBoundary => _records.IsAtBoundary;

    public int WholeRecords => _records.Records;

    /// <summary>Ends when both directions have.</summary>
    public async Task RunAsync()
    {
        await Task.WhenAll(QuietlyAsync(FromPeerAsync()), QuietlyAsync(ToPeerAsync()));
        _socket.Dispose();
        await _peer.DisposeAsync();
    }

    private async Task FromPeerAsync()
    {
        byte[] buffer = new byte[8192];
        while (Forwarded < _tampering.CutAt)
        {
            int count = await _peer.ReadAsync(buffer);
            if (count == 0)
            {
                await SendAsync(_tampering.Appended);
                _socket.Shutdown(SocketShutdown.Send);
                return;
            }

            count = (int)Math.Min(count, _tampering.CutAt - Forwarded);
            _records.Feed(buffer.AsSpan(0, count));
            long flip = _tampering.FlipAt - Forwarded;
            if (flip >= 0 && flip < count) buffer[flip] ^= _tampering.FlipMask;
            Forwarded += count;
            await SendAsync(buffer.AsMemory(0, count));
        }

        if (_tampering.Cut == Cut.Reset) _socket.Close(timeout: 0);
        else _socket.Shutdown(SocketShutdown.Send);
    }

    private async Task ToPeerAsync()
    {
        byte[] buffer = new byte[8192];
        try
        {
            while (await _socket.ReceiveAsync(buffer) is > 0 and int count) await _peer.WriteAsync(buffer.AsMemory(0, count));
        }
        finally
        {
            // A stream in memory has no half-close: this is the end that the peer sees.
            await _peer.DisposeAsync();
        }
    }

    private async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[await _socket.SendAsync(bytes)..];
    }

    private static async Task QuietlyAsync(Task direction)
    {
        try
        {
            await direction;
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // One of the ends has let go, which is what is tested: the ends say what they saw of it.
        }
    }
}
