using StreamPipes.Tests.Sockets;

namespace StreamPipes.Tests.Conformance;

/// <summary>A TCP socket over IPv6, no stream in between.</summary>
public sealed class SocketIPv6Conformance : SocketConformance
{
    private protected override LoopbackListener Listen() => LoopbackListener.IPv6();
}
