using System.IO.Pipelines;

namespace StreamPipes.Testing.Tests.PutBack.Scenarios;

/// <summary>A client asks, ends its output, takes some of the answers and resets. The server does not look at what a flush returns, and is ended by an exception.</summary>
internal sealed class SubscriberThatLeaves : Scenario
{
    public override VirtualNetworkOptions Options => new() { TimeLimit = TimeSpan.FromSeconds(30) };

    public override async Task RunAsync(VirtualNetwork network)
    {
        (VirtualStream client, VirtualStream stream) = network.ConnectStreams();
        PipeConnection server = StreamConnection.Create(stream, network.OptionsFor(options: null));
        Task serving = ServeAsync(network, server);
        await client.WriteAsync(Payload.Create(10));
        client.ShutdownWrites();
        await PauseAsync(network, TimeSpan.FromMilliseconds(100));
        client.Reset();
        await serving;
    }

    private static async Task ServeAsync(VirtualNetwork network, PipeConnection connection)
    {
        try
        {
            ReadResult request = await connection.Input.ReadAtLeastAsync(10);
            connection.Input.AdvanceTo(request.Buffer.End);
            while (true)
            {
                await connection.Output.WriteAsync(Payload.Create(20));
                await PauseAsync(network, TimeSpan.FromMilliseconds(20));
            }
        }
        catch (IOException)
        {
            await connection.DisposeAsync();
        }
    }
}
