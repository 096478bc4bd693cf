using System.Net.Sockets;

namespace StreamPipes.Tests.Hostile;

/// <summary>Carries bytes between an honest peer and the socket that the library's own socket is connected to, and does what it is told to the peer's.</summary>
internal sealed class TamperingRelay
{
    private readonly Socket _socket;
    private readonly Stream _peer;
    private readonly Tampering _tampering;
    private readonly RecordCounter _sent = new();
    private readonly RecordCounter _forwarded = new();

    public TamperingRelay(Socket socket, Stream peer, Tampering tampering)
    {
        _socket = socket;
        _peer = peer;
        _tampering = tampering;
    }

    /// <summary>How many bytes of the peer were passed on.</summary>
    public long Forwarded { get; private set; }

    /// <summary>How many they were to be; null if all of them.</summary>
    public long? CutAt => _sent.Find(_tampering.CutAt);

    public bool EndedAtRecordBoundary => _forwarded.IsAtBoundary;

    public int WholeRecords => _forwarded.Records;

    /// <summary>Ends when both directions have.</summary>
    public async Task RunAsync()
    {
        bool isReordering = _tampering.Repeated is not null || _tampering.Swapped is not null;
        await Task.WhenAll(QuietlyAsync(isReordering ? RecordsFromPeerAsync() : FromPeerAsync()), QuietlyAsync(ToPeerAsync()));
        _socket.Dispose();
        await _peer.DisposeAsync();
    }

    private async Task FromPeerAsync()
    {
        byte[] buffer = new byte[8192];
        while (CutAt is not { } known || Forwarded < known)
        {
            int count = await _peer.ReadAsync(buffer);
            if (count == 0)
            {
                await SendAsync(_tampering.Appended);
                _socket.Shutdown(SocketShutdown.Send);
                return;
            }

            _sent.Feed(buffer.AsSpan(0, count));
            if (CutAt is { } cut) count = (int)Math.Min(count, cut - Forwarded);
            _forwarded.Feed(buffer.AsSpan(0, count));
            if (_sent.Find(_tampering.FlipAt) - Forwarded is >= 0 and long flip && flip < count) buffer[flip] ^= _tampering.FlipMask;
            Forwarded += count;
            await SendAsync(buffer.AsMemory(0, count));
        }

        if (_tampering.Cut == Cut.Reset) _socket.Close(timeout: 0);
        else _socket.Shutdown(SocketShutdown.Send);
    }

    /// <summary>Passes on whole records, some of them in an order of its own.</summary>
    private async Task RecordsFromPeerAsync()
    {
        byte[] held = [];
        for (int i = 0; await ReadRecordAsync() is { } record; i++)
        {
            if (i == _tampering.Swapped)
            {
                held = record;
                continue;
            }

            byte[] copy = i == _tampering.Repeated ? record : [];
            byte[] bytes = [.. record, .. copy, .. held];
            held = [];
            Forwarded += bytes.Length;
            await SendAsync(bytes);
        }

        _socket.Shutdown(SocketShutdown.Send);
    }

    private async Task<byte[]?> ReadRecordAsync()
    {
        byte[] header = new byte[RecordCounter.HeaderSize];
        if (await _peer.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false) < header.Length) return null;
        byte[] body = new byte[RecordCounter.BodySize(header)];
        await _peer.ReadExactlyAsync(body);
        return [.. header, .. body];
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
