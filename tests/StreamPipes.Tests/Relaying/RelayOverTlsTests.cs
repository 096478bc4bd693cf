#if !LIBRARY_NETSTANDARD
using System.Net.Sockets;
using StreamPipes.Tests.Tls;

namespace StreamPipes.Tests.Relaying;

/// <summary>What a TLS proxy does: TLS on one side or on both.</summary>
public sealed class RelayOverTlsTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_megabyte_each_way_and_both_ends_pass(bool isOuterTls)
    {
        TlsPair inner = await TlsPair.OverSocketsAsync();
        (PipeConnection server, PipeConnection outer) = isOuterTls ? await OverTlsAsync() : await OverTcpAsync();
        await using RelayBench bench = RelayBench.Start(inner.Client, server, inner.Server, outer);

        await bench.ShouldPassAsync(Payload.Seeded(1024 * 1024, 1), Payload.Seeded(1024 * 1024, 2));

        (await bench.Relay.Guarded()).IsComplete.Should().BeTrue();
        bench.ShouldHaveDisposedBoth();
    }

    [Fact]
    public async Task The_half_close_of_a_session_is_passed_on_and_the_answer_comes_back()
    {
        TlsPair inner = await TlsPair.OverSocketsAsync();
        (PipeConnection server, PipeConnection outer) = await OverTcpAsync();
        await using RelayBench bench = RelayBench.Start(inner.Client, server, inner.Server, outer);
        await inner.Client.Output.CompleteAsync().Guarded();
        await server.Input.ShouldEndAsync();

        await server.Output.WriteTextAsync("late");
        (await inner.Client.Input.ReadTextAsync(4)).Should().Be("late");
        await server.Output.CompleteAsync().Guarded();
        await inner.Client.Input.ShouldEndAsync();

        (await bench.Relay.Guarded()).IsComplete.Should().BeTrue();
    }

    [Fact]
    public async Task A_reset_behind_the_relay_cuts_the_session()
    {
        TlsPair inner = await TlsPair.OverSocketsAsync();
        (PipeConnection server, PipeConnection outer) = await OverTcpAsync();
        await using RelayBench bench = RelayBench.Start(inner.Client, server, inner.Server, outer);
        await PipeExtensions.ShouldTalkAsync(inner.Client, server);

        server.Abort();

        await Thrown.SurelyByAsync(() => inner.Client.Input.ReadAsync().Guarded());
        (await bench.Relay.Guarded()).FaultFromOther.Should().BeOfType<SocketException>();
    }

    private static async Task<(PipeConnection Peer, PipeConnection OfRelay)> OverTlsAsync()
    {
        TlsPair pair = await TlsPair.OverSocketsAsync();
        return (pair.Server, pair.Client);
    }

    private static async Task<(PipeConnection Peer, PipeConnection OfRelay)> OverTcpAsync()
    {
        (Socket peer, Socket ofRelay) = await SocketPair.TcpAsync();
        return (SocketConnection.Create(peer), SocketConnection.Create(ofRelay));
    }
}
#endif
