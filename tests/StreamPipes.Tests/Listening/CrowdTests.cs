using System.Net;
using System.Net.Sockets;

namespace StreamPipes.Tests.Listening;

/// <summary>A server that many come to and leave.</summary>
[Collection(nameof(RunsAlone))]
public sealed class CrowdTests
{
    private const int Count = 10_000;
    private const int AtATime = 50;

    [Fact]
    public Task Ten_thousand_clients_over_TCP_come_are_served_and_leave_nothing_behind() => ServeAllAsync(Clients.Loopback);

    [Fact]
    public Task Ten_thousand_clients_over_a_Unix_domain_socket_come_are_served_and_leave_nothing_behind() => ServeAllAsync(new UnixDomainSocketEndPoint(Clients.NewUnixPath()));

    private static async Task ServeAllAsync(EndPoint endPoint)
    {
        int served = 0;
        FaultLog faults = new();
        await using PipeListener listener = SocketConnection.Listen(endPoint, new PipeListenerOptions { OnConnectionFault = faults.Add });
        Task serving = listener.ServeAsync(async (connection, stopping) =>
        {
            await Clients.EchoAsync(connection, stopping);
            Interlocked.Increment(ref served);
        });

        // Each await in a life has its limit.
        await Parallel.ForEachAsync(Enumerable.Range(0, Count), new ParallelOptions { MaxDegreeOfParallelism = AtATime }, async (_, _) =>
        {
            await using PipeConnection client = await Clients.ConnectAsync(listener);
            await Clients.ShouldEchoAsync(client);
        });

        await listener.DisposeAsync().Guarded();
        await serving.Guarded();
        served.Should().Be(Count);
        listener.ConnectionsOpen.Should().Be(0);
        faults.All.Should().BeEmpty();
    }
}
