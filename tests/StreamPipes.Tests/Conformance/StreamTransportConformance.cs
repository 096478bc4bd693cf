using System.Security.Authentication;

namespace StreamPipes.Tests.Conformance;

/// <summary>The suite over <see cref="StreamConnection"/>: a subclass makes two connected streams, that is all.</summary>
public abstract class StreamTransportConformance : PipeConnectionConformance
{
    private protected abstract Task<StreamPair> ConnectStreamsAsync();

    private protected sealed override async Task<ConnectedPair> ConnectAsync(PipeConnectionOptions? clientOptions = null, PipeConnectionOptions? serverOptions = null)
    {
        StreamPair streams = await ConnectStreamsAsync();
        return new ConnectedPair(StreamConnection.Create(streams.Client, clientOptions), StreamConnection.Create(streams.Server, serverOptions), streams);
    }
}

/// <summary>Plain TCP.</summary>
public sealed class NetworkStreamConformance : StreamTransportConformance
{
    private protected override Task<StreamPair> ConnectStreamsAsync() => StreamPairs.TcpAsync();
}

/// <summary>A Unix-domain socket.</summary>
public sealed class UnixDomainConformance : StreamTransportConformance
{
    protected override string? AbortLooksLikeTheEnd => "A Unix-domain socket has no reset: closing it shows the peer the end.";

    private protected override Task<StreamPair> ConnectStreamsAsync() => StreamPairs.UnixAsync();
}

/// <summary>A named pipe.</summary>
public sealed class NamedPipeConformance : StreamTransportConformance
{
    protected override string? NoHalfClose => "A named pipe is closed whole.";

    protected override string? AbortLooksLikeTheEnd => "A named pipe has no reset: closing it shows the peer the end.";

    private protected override Task<StreamPair> ConnectStreamsAsync() => StreamPairs.NamedPipeAsync();
}

/// <summary>TLS 1.2 over TCP.</summary>
public sealed class Tls12Conformance : StreamTransportConformance
{
    private protected override Task<StreamPair> ConnectStreamsAsync() => StreamPairs.TlsAsync(SslProtocols.Tls12);
}

/// <summary>TLS 1.3 over TCP.</summary>
public sealed class Tls13Conformance : StreamTransportConformance
{
    private protected override Task<StreamPair> ConnectStreamsAsync() => StreamPairs.TlsAsync(SslProtocols.Tls13);
}

/// <summary>Connections over the streams of an in-memory pair: pipe, stream, pipe.</summary>
public sealed class InMemoryStreamConformance : StreamTransportConformance
{
    private protected override Task<StreamPair> ConnectStreamsAsync() => Task.FromResult(StreamPairs.InMemory());
}

/// <summary>A pipe over a stream over a pipe, twice, over a socket: half-close and errors pass through every layer.</summary>
public sealed class StackedTwiceConformance : StreamTransportConformance
{
    private protected override Task<StreamPair> ConnectStreamsAsync() => StreamPairs.StackedTwiceAsync();
}

/// <summary>TLS over a pipe over a socket, and a pipe on top.</summary>
public sealed class TlsOverPipeConformance : StreamTransportConformance
{
    private protected override Task<StreamPair> ConnectStreamsAsync() => StreamPairs.TlsOverPipeAsync();
}

/// <summary>A connection on a socket's stream that was detached with bytes unread: half-close, lingering and reset go through.</summary>
public sealed class ReplayedTcpConformance : StreamTransportConformance
{
    private protected override async Task<StreamPair> ConnectStreamsAsync() => await ReplayedPairs.OverAsync(await StreamPairs.TcpAsync());
}

/// <summary>A connection on a TLS session that was detached with bytes unread: close_notify and reset go through.</summary>
public sealed class ReplayedTlsConformance : StreamTransportConformance
{
    private protected override async Task<StreamPair> ConnectStreamsAsync() => await ReplayedPairs.OverAsync(await StreamPairs.TlsAsync());
}

/// <summary>A stream of which the library knows nothing.</summary>
public sealed class UnknownStreamConformance : StreamTransportConformance
{
    protected override string? NoHalfClose => "The stream has no half-close.";

    protected override string? AbortLooksLikeTheEnd => "Disposing a stream says nothing about why.";

    private protected override Task<StreamPair> ConnectStreamsAsync() => Task.FromResult(StreamPairs.Unknown());
}
