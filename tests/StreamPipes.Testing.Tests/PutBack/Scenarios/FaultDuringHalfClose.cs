using System.IO.Pipelines;

namespace StreamPipes.Testing.Tests.PutBack.Scenarios;

/// <summary>A connection that reads one peer and writes to another. While the half-close waits until the second has taken everything, the first resets.</summary>
internal sealed class FaultDuringHalfClose : Scenario
{
    private const int Size = 5000;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public override VirtualNetworkOptions Options => new() { Link = new VirtualLinkOptions { WindowSize = 1000 } };

    public override async Task RunAsync(VirtualNetwork network)
    {
        PipeConnectionOptions options = network.OptionsFor(options: null);
        (PipeConnection incoming, PipeConnection giver) = network.Connect();
        (VirtualStream outgoing, VirtualStream taker) = network.ConnectStreams();
        PipeConnection sending = StreamConnection.Create(outgoing, options);
        PipeConnection connection = StreamConnection.Create(new Joined(incoming.Input, sending.Output).AsStream(), options);
        await connection.Output.WriteAsync(Payload.Create(Size));
        Task completing = connection.Output.CompleteAsync().AsTask();
        await network.DelayAsync(TimeSpan.FromMilliseconds(1));
        Task taking = TakeAsync(network, taker);
        await PauseAsync(network, Pause);
        giver.Abort();

        // Everything is taken, whatever becomes of the other direction.
        await completing;
        await connection.DisposeAsync();
        await sending.DisposeAsync();
        await taking;
        await incoming.DisposeAsync();
    }

    private static async Task TakeAsync(VirtualNetwork network, VirtualStream stream)
    {
        await PauseAsync(network, Pause);
        Payload.Check(await Payload.ReceiveAsync(stream), Size);
        await stream.DisposeAsync();
    }

    private sealed record Joined(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
