using StreamPipes.Transports;

namespace StreamPipes.Listening;

/// <summary>There is no <c>TlsConnection</c> here.</summary>
internal static class ServerHandshake
{
    public static Func<Stream, CancellationToken, Task<Transport>>? Of(PipeListenerOptions options, PipeConnectionOptions connection)
    {
        _ = options;
        _ = connection;
        return null;
    }
}
