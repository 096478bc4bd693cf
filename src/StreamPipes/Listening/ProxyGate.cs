using System.Net;
using System.Net.Sockets;
using StreamPipes.Common;
using StreamPipes.Transports;

namespace StreamPipes.Listening;

/// <summary>
/// What stands before a client where proxies do: is the peer trusted, then the PROXY header, then whatever makes a connection of the socket, all within one time limit.
/// </summary>
internal sealed class ProxyGate
{
    /// <summary>Longer than any header that comes without values of its own.</summary>
    private const int FirstLook = 536;

    private readonly Func<EndPoint?, bool>? _isTrusted;
    private readonly TimeSpan _limit;
    private readonly Clock _clock;

    private ProxyGate(Func<EndPoint?, bool>? isTrusted, TimeSpan limit, Clock clock)
    {
        _isTrusted = isTrusted;
        _limit = limit;
        _clock = clock;
    }

    public static ProxyGate? Of(PipeListenerOptions options, PipeConnectionOptions connection, Clock clock) =>
        options.ProxyProtocol ? new ProxyGate(options.IsTrustedProxy, connection.HandshakeTimeout, clock) : null;

    /// <summary>The socket is the caller's to dispose if it fails, and that ends what may still be pending in it.</summary>
    public async Task<T> OpenAsync<T>(Socket socket, Func<ProxyHeader, CancellationToken, Task<T>> open, CancellationToken cancellationToken)
    {
        ThrowUnlessTrusted(TransportDescription.RemoteEndPointOf(socket));
        using CancellationTokenSource limit = new();
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        using ITimer timer = _clock.StartTimer(_limit, static limit => Cancellation.Fire((CancellationTokenSource)limit!), limit);
        ProxyHeader? header = null;
        try
        {
            header = await ReadAsync(socket, either.Token).ConfigureAwait(false);
            return await open(header, either.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(
                header is null
                    ? $"The PROXY header had not arrived within the HandshakeTimeout of {_limit}. A proxy has to be told to send it; a client that sends none needs a listener that expects none."
                    : $"The PROXY header and the TLS handshake did not end within the HandshakeTimeout of {_limit}.",
                e);
        }
    }

    /// <summary>
    /// Looks at what has come before it takes any of it: what belongs to no whole header yet is all header, and of a whole one the length is known. So nothing behind it is ever
    /// taken from the socket.
    /// </summary>
    private static async Task<ProxyHeader> ReadAsync(Socket socket, CancellationToken cancellationToken)
    {
        byte[] bytes = new byte[FirstLook];
        int taken = 0;
        while (true)
        {
            if (taken == bytes.Length) Array.Resize(ref bytes, 2 * bytes.Length);
            int seen = await socket.ReceiveAsync(bytes.AsMemory(taken), SocketFlags.Peek, cancellationToken).ConfigureAwait(false);
            if (seen == 0) throw new EndOfStreamException($"The client closed the connection before its PROXY header was complete, after {taken} bytes.");
            if (ProxyHeader.TryReadFront(bytes.AsSpan(0, taken + seen), out ProxyHeader? header, out int length))
            {
                Take(socket, bytes, taken, length);
                return header!;
            }

            Take(socket, bytes, taken, taken + seen);
            taken += seen;
        }
    }

    /// <summary>They have been seen, so that this does not wait.</summary>
    private static void Take(Socket socket, byte[] bytes, int from, int to)
    {
        while (from < to)
        {
            int received = socket.Receive(bytes, from, to - from, SocketFlags.None);
            if (received == 0) throw new EndOfStreamException("The connection ended before its PROXY header was complete.");
            from += received;
        }
    }

    private void ThrowUnlessTrusted(EndPoint? peer)
    {
        if (_isTrusted is not null && !_isTrusted(peer))
            throw new UnauthorizedAccessException($"{peer?.ToString() ?? "A peer without an address"} is no trusted proxy (IsTrustedProxy), so its PROXY header was not read and the connection has been closed.");
    }
}
