namespace StreamPipes.Testing.Tests.PutBack.Scenarios;

/// <summary>This side has completed its input, and closes. The peer has everything and says nothing, so what still reads for the close is cancelled.</summary>
internal sealed class SilentPeer : Scenario
{
    public override async Task RunAsync(VirtualNetwork network)
    {
        (VirtualStream near, VirtualStream far) = network.ConnectStreams();
        PipeConnection connection = StreamConnection.Create(near, network.OptionsFor(options: null));
        connection.Input.Complete();
        await connection.Output.WriteAsync(Payload.Create(100));
        await PauseAsync(network, TimeSpan.FromMilliseconds(50));
        await connection.DisposeAsync();
        Payload.Check(await Payload.ReceiveAsync(far), 100);
        await far.DisposeAsync();
    }
}
