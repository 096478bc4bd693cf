using System.IO.Pipelines;
using StreamPipes.Connection;
using StreamPipes.PipeStreams;
using StreamPipes.Transports;

namespace StreamPipes.Tls;

/// <summary>What TLS is to run on, as a stream.</summary>
internal sealed class TlsCarrier
{
    private readonly Stream? _stream;
    private readonly IDuplexPipe? _pipe;

    private TlsCarrier(Stream? stream, IDuplexPipe? pipe)
    {
        _stream = stream;
        _pipe = pipe;
    }

    public static TlsCarrier Of(Stream stream) => new(stream, pipe: null);

    public static TlsCarrier Of(IDuplexPipe pipe) => new(stream: null, pipe);

    /// <summary>Whether it is one of our own connections.</summary>
    public bool IsConnection => _pipe is IOwnConnection;

    /// <summary>One of our own connections steps aside, so that its bytes are not pumped twice.</summary>
    public async ValueTask<Stream> OpenAsync(CancellationToken cancellationToken)
    {
        if (_stream is not null) return _stream;
        if (_pipe is IOwnConnection { CanDetach: true } connection) return (await connection.DetachAsync(cancellationToken).ConfigureAwait(false)).Stream;
        return OverPipe();
    }

    /// <summary>Lets go of what could not be opened.</summary>
    public async Task DropAsync()
    {
        if (_pipe is IOwnConnection connection)
        {
            connection.Abort();
            await connection.DisposeAsync().ConfigureAwait(false);
            return;
        }

        await StreamEnding.DisposeAsync(_stream ?? OverPipe()).ConfigureAwait(false);
    }

    private DuplexPipeStream OverPipe() => DuplexPipeStream.Over(_pipe!, leaveOpen: false);
}
