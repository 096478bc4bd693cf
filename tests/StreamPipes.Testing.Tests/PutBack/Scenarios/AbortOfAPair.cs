using System.IO.Pipelines;

namespace StreamPipes.Testing.Tests.PutBack.Scenarios;

/// <summary>A connection over two streams, one for each direction. The outgoing one is reset, the incoming one is silent, and this side aborts.</summary>
internal sealed class AbortOfAPair : Scenario
{
    private static readonly PipeConnectionOptions Patient = new() { CloseTimeout = TimeSpan.FromMinutes(1) };
    private static readonly TimeSpan ShortPause = TimeSpan.FromMilliseconds(50);

    public override async Task RunAsync(VirtualNetwork network)
    {
        (VirtualStream incoming, _) = network.ConnectStreams();
        (VirtualStream outgoing, VirtualStream taker) = network.ConnectStreams();
        PipeConnection connection = StreamConnection.Create(incoming, outgoing, network.OptionsFor(Patient));
        Task writing = WriteUntilItFailsAsync(network, connection.Output);
        await PauseAsync(network, ShortPause);
        taker.Reset();
        await PauseAsync(network, ShortPause);
        TimeSpan aborted = network.Elapsed;
        connection.Abort();
        await Task.WhenAny(connection.Completion);
        if (network.Elapsed - aborted > TimeSpan.FromSeconds(1)) throw new InvalidOperationException("the abort waited for the peer's last words");
        await writing;
    }

    private static async Task WriteUntilItFailsAsync(VirtualNetwork network, PipeWriter writer)
    {
        try
        {
            while (true)
            {
                await writer.WriteAsync(new byte[100]);
                await network.DelayAsync(TimeSpan.FromMilliseconds(1));
            }
        }
        catch (IOException)
        {
            // The reset or the abort.
        }
    }
}
