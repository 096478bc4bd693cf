namespace StreamPipes.Testing.Tests.PutBack.Scenarios;

/// <summary>At some moment the writes of the stream end no more, whatever is done to it. The close ends all the same.</summary>
internal sealed class StuckWrite : Scenario
{
    public override async Task RunAsync(VirtualNetwork network)
    {
        (VirtualStream near, VirtualStream far) = network.ConnectStreams();
        StuckStream stuck = new(near) { HoldsReads = false, HoldsWrites = false, IgnoresTokens = true, IgnoresDispose = true };
        PipeConnection connection = StreamConnection.Create(stuck, network.OptionsFor(options: null));
        Task receiving = ReceiveAsync(far);
        int holdsAt = network.Random.Next(40);
        for (int i = 0; i < 20; i++)
        {
            stuck.HoldsWrites = i >= holdsAt;
            await connection.Output.WriteAsync(new byte[10]);
            await PauseAsync(network, TimeSpan.FromMilliseconds(5));
        }

        connection.Input.Complete();
        try
        {
            await connection.Output.CompleteAsync();
        }
        catch (TimeoutException)
        {
            network.Note("the write did not end");
        }

        await connection.DisposeAsync();
        await receiving;
    }

    private static async Task ReceiveAsync(VirtualStream stream)
    {
        await Payload.ReceiveAsync(stream);
        await stream.DisposeAsync();
    }
}
