namespace StreamPipes.Tests.Conformance;

/// <summary><see cref="DuplexPipe.AsStream"/> over connections on TCP.</summary>
public sealed class PipeConnectionAsStreamConformance : StreamConformance
{
    private protected override async Task<StreamPair> ConnectAsync()
    {
        StreamPair tcp = await StreamPairs.TcpAsync();
        return new StreamPair(StreamConnection.Create(tcp.Client).AsStream(), StreamConnection.Create(tcp.Server).AsStream());
    }
}
