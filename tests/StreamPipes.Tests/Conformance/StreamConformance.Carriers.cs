namespace StreamPipes.Tests.Conformance;

/// <summary><see cref="DuplexPipe.AsStream"/> over an in-memory pair.</summary>
public sealed class InMemoryAsStreamConformance : StreamConformance
{
    private protected override Task<StreamPair> ConnectAsync() => Task.FromResult(StreamPairs.InMemory());
}

/// <summary><see cref="DuplexPipe.AsStream"/> over connections on TCP.</summary>
public sealed class PipeConnectionAsStreamConformance : StreamConformance
{
    private protected override async Task<StreamPair> ConnectAsync()
    {
        StreamPair tcp = await StreamPairs.TcpAsync();
        return new StreamPair(StreamConnection.Create(tcp.Client).AsStream(), StreamConnection.Create(tcp.Server).AsStream());
    }
}

/// <summary>The stream that <see cref="PipeConnection.DetachAsync"/> hands back keeps the rules of the stream under it.</summary>
public sealed class ReplayedStreamConformance : StreamConformance
{
    private protected override Task<StreamPair> ConnectAsync() => ReplayedPairs.OverAsync(StreamPairs.InMemory());
}

/// <summary>The control group: the framework's own stream over a socket.</summary>
public sealed class NetworkStreamControl : StreamConformance
{
    protected override string? PendingReadAtDisposeDeviates => "It ends with an IOException around the socket's error.";

    protected override string? WaitingWriteAtDisposeDeviates => "It ends with an IOException around the socket's error.";

    protected override string? PendingCopyAtDisposeDeviates => "It ends with an IOException around the socket's error.";

    protected override string? FlushNeverWaits => "There is nothing to flush.";

    protected override string? CancelledWriteIsCutShort => "The socket has sent a part, and forgets the rest.";

    protected override string? CanTimeOut => "A socket has time limits for blocking calls.";

    protected override string? SecondReadDeviates => "The socket queues them.";

    [Fact]
    public async Task A_time_limit_is_kept()
    {
        await using StreamPair pair = await ConnectAsync();

        pair.Client.CanTimeout.Should().BeTrue();
        pair.Client.ReadTimeout.Should().Be(Timeout.Infinite);
        (pair.Client.ReadTimeout, pair.Client.WriteTimeout) = (1234, 5678);

        (pair.Client.ReadTimeout, pair.Client.WriteTimeout).Should().Be((1234, 5678));
    }

    private protected override Task<StreamPair> ConnectAsync() => StreamPairs.TcpAsync();
}
