using StreamPipes.Tests.Sockets;

namespace StreamPipes.Tests.Conformance;

/// <summary>A Unix-domain socket, no stream in between.</summary>
public sealed class SocketUnixConformance : SocketConformance
{
    protected override string? AbortLooksLikeTheEnd => "A Unix-domain socket has no reset: closing it shows the peer the end.";

    private protected override LoopbackListener Listen() => LoopbackListener.Unix();
}
