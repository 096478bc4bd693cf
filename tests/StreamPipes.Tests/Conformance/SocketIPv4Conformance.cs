using StreamPipes.Tests.Sockets;

namespace StreamPipes.Tests.Conformance;

/// <summary>A TCP socket over IPv4, no stream in between.</summary>
public sealed class SocketIPv4Conformance : SocketConformance
{
    private protected override LoopbackListener Listen() => LoopbackListener.IPv4();
}
