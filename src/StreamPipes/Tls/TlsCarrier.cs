using System.IO.Pipelines;
using System.Security.Authentication;
using StreamPipes.Common;
using StreamPipes.Connection;
using StreamPipes.PipeStreams;
using StreamPipes.Transports;

namespace StreamPipes.Tls;

/// <summary>What TLS is to run on, as a stream.</summary>
internal sealed class TlsCarrier
{
    private readonly Stream? _stream;
    private readonly IDuplexPipe? _pipe;
    private readonly bool _isUpgrade;
    private readonly ReadOnlyMemory<byte> _goAhead;

    /// <summary>What a connection has handed back, so that it is disposed when the rest fails.</summary>
    private Stream? _detached;

    private TlsCarrier(Stream? stream, IDuplexPipe? pipe, bool isUpgrade = false, ReadOnlyMemory<byte> goAhead = default)
    {
        _stream = stream;
        _pipe = pipe;
        _isUpgrade = isUpgrade;
        _goAhead = goAhead;
    }

    public static TlsCarrier Of(Stream stream) => new(stream, pipe: null);

    public static TlsCarrier Of(IDuplexPipe pipe, ReadOnlyMemory<byte> prelude = default) => new(stream: null, pipe) { Prelude = prelude };

    /// <summary>A connection in mid-protocol: nothing may be unread, and the peer may have to be told to go ahead.</summary>
    public static TlsCarrier Upgraded(IDuplexPipe connection, ReadOnlyMemory<byte> goAhead) => new(stream: null, connection, isUpgrade: true, goAhead);

    /// <summary>Whether it is one of our own connections.</summary>
    public bool IsConnection => _pipe is IOwnConnection;

    /// <summary>What a proxy has said of the client, of a connection that steps aside.</summary>
    public ProxyHeader? ProxyHeader => (_pipe as IOwnConnection)?.ProxyHeader;

    /// <summary>What goes out in front of the handshake's first flight, in the same write.</summary>
    public ReadOnlyMemory<byte> Prelude { get; init; }

    /// <summary>One of our own connections steps aside, so that its bytes are not pumped twice.</summary>
    public async ValueTask<Stream> OpenAsync(CancellationToken cancellationToken)
    {
        if (_stream is not null) return _stream;
        if (_pipe is not IOwnConnection connection || !(connection.CanDetach || _isUpgrade)) return OverPipe();
        DetachedStream detached = await connection.DetachAsync(cancellationToken).ConfigureAwait(false);
        _detached = detached.Stream;
        if (!_isUpgrade) return detached.Stream;
        if (detached.UnreadBytes > 0) throw Injected(detached.UnreadBytes);
        if (!_goAhead.IsEmpty) await SendGoAheadAsync(detached.Stream, cancellationToken).ConfigureAwait(false);
        return detached.Stream;
    }

    /// <summary>Lets go of what could not be opened.</summary>
    public async Task DropAsync()
    {
        if (_detached is null && _pipe is IOwnConnection connection)
        {
            connection.Abort();
            await connection.DisposeAsync().ConfigureAwait(false);
            return;
        }

        await StreamEnding.DisposeAsync(_detached ?? _stream ?? OverPipe()).ConfigureAwait(false);
    }

    /// <summary>Not every stream heeds the token; its disposal ends what is left behind.</summary>
    private async Task SendGoAheadAsync(Stream stream, CancellationToken cancellationToken)
    {
        Task sent = SendAsync();
        ObservedTask.ObserveLater(sent);
        await sent.WaitAsync(cancellationToken).ConfigureAwait(false);

        async Task SendAsync()
        {
            await stream.WriteAsync(_goAhead, cancellationToken).ConfigureAwait(false);
            await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What a failed handshake throws, so that what handles that handles this.</summary>
    private static AuthenticationException Injected(long bytes) => new(
        $"The peer sent {bytes} bytes in the clear where its TLS handshake was to begin. Anybody on the way may have put them there, to be taken for what the encrypted peer says: they were refused, and the connection has been closed.");

    private DuplexPipeStream OverPipe() => DuplexPipeStream.Over(_pipe!, leaveOpen: false);
}
