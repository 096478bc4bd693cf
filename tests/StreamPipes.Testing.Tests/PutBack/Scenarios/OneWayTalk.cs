namespace StreamPipes.Testing.Tests.PutBack.Scenarios;

/// <summary>A side that only sends, over a stream that a cancelled read ends. At some moment it completes its input, or leaves that to the dispose.</summary>
internal sealed class OneWayTalk : Scenario
{
    private const int Size = 3000;

    public override async Task RunAsync(VirtualNetwork network)
    {
        (VirtualStream near, VirtualStream far) = network.ConnectStreams();
        Task peer = ReceiveAsync(far);
        PipeConnection connection = StreamConnection.Create(new FragileStream(near), network.OptionsFor(options: null));
        byte[] payload = Payload.Create(Size);
        int completesAt = network.Random.Next(2 * Size);
        for (int sent = 0; sent < Size; sent += 300)
        {
            if (sent >= completesAt) connection.Input.Complete();
            await connection.Output.WriteAsync(payload.AsMemory(sent, 300));
            await PauseAsync(network, TimeSpan.FromMilliseconds(30));
        }

        await connection.DisposeAsync();
        await peer;
    }

    private static async Task ReceiveAsync(VirtualStream stream)
    {
        Payload.Check(await Payload.ReceiveAsync(stream), Size);
        await stream.DisposeAsync();
    }
}
