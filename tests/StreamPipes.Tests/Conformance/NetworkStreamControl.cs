namespace StreamPipes.Tests.Conformance;

/// <summary>The control group: the framework's own stream over a socket.</summary>
public sealed class NetworkStreamControl : StreamConformance
{
    protected override string? PendingReadAtDisposeDeviates => "It ends with an IOException around the socket's error.";

    protected override string? SecondReadDeviates => "The socket queues them.";

    private protected override Task<StreamPair> ConnectAsync() => StreamPairs.TcpAsync();
}
