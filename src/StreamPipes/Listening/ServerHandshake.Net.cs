using StreamPipes.Tls;
using StreamPipes.Transports;

namespace StreamPipes.Listening;

/// <summary>What a listener does with a client's stream before it is a connection.</summary>
internal static class ServerHandshake
{
    /// <returns>Makes a session of a stream, which it owns from then on; <see langword="null"/> if there is no TLS.</returns>
    public static Func<Stream, CancellationToken, Task<Transport>>? Of(PipeListenerOptions options, PipeConnectionOptions connection)
    {
        TlsEngine? engine = options.TlsSelector is { } selector ? TlsEngine.Server(selector) : options.Tls is { } tls ? TlsEngine.Server(tls) : null;
        if (engine is null) return null;
        return (stream, token) => TlsHandshake.RunAsync(TlsCarrier.Of(stream), engine, connection, token);
    }
}
