using System.Buffers;
using System.IO.Pipelines;

namespace StreamPipes.Testing.Tests.PutBack.Scenarios;

/// <summary>Two callers dispose the stream over a connection. When a dispose returns, the connection has ended.</summary>
internal sealed class TwoDisposes : Scenario
{
    public override async Task RunAsync(VirtualNetwork network)
    {
        (PipeConnection client, PipeConnection server) = network.Connect();
        Task serving = ServeAsync(server);
        Stream stream = client.AsStream();
        await stream.WriteAsync(Payload.Create(100));
        await Task.WhenAll(LeaveAsync(), LeaveAsync());
        await serving;

        async Task LeaveAsync()
        {
            await PauseAsync(network, TimeSpan.FromMilliseconds(100));
            await stream.DisposeAsync();
            if (!client.Completion.IsCompleted) throw new InvalidOperationException("the dispose returned before the connection had ended");
        }
    }

    private static async Task ServeAsync(PipeConnection connection)
    {
        ReadResult received = await connection.Input.ReadAtLeastAsync(100);
        Payload.Check(received.Buffer.ToArray(), 100);
        await connection.DisposeAsync();
    }
}
