using System.Buffers;
using System.IO.Pipelines;

namespace StreamPipes.Testing.Tests.PutBack.Scenarios;

/// <summary>One side is slow to read what was sent to it, then the other; with an <see cref="PipeConnectionOptions.IdleTimeout"/>, and neither of them is idle.</summary>
internal sealed class SlowSides : Scenario
{
    private const int Size = 5000;

    private static readonly PipeConnectionOptions Impatient = new()
    {
        IdleTimeout = TimeSpan.FromSeconds(10),
        CloseTimeout = TimeSpan.FromMinutes(1),
        ReceivePipeOptions = new PipeOptions(pauseWriterThreshold: 1000, resumeWriterThreshold: 500),
    };

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    public override VirtualNetworkOptions Options => new() { Link = new VirtualLinkOptions { WindowSize = 1000 } };

    public override async Task RunAsync(VirtualNetwork network)
    {
        (VirtualStream near, VirtualStream far) = network.ConnectStreams();
        Task peer = SendAndReceiveAsync(network, far);
        PipeConnection connection = StreamConnection.Create(near, network.OptionsFor(Impatient));
        await PauseAsync(network, LongestPause);
        ReadResult received = await connection.Input.ReadAtLeastAsync(Size);
        Payload.Check(received.Buffer.ToArray(), Size);
        connection.Input.AdvanceTo(received.Buffer.End);
        await connection.Output.WriteAsync(Payload.Create(Size));
        await connection.DisposeAsync();
        await connection.Completion;
        await peer;
    }

    private static async Task SendAndReceiveAsync(VirtualNetwork network, VirtualStream stream)
    {
        await stream.WriteAsync(Payload.Create(Size));
        await PauseAsync(network, LongestPause);
        Payload.Check(await Payload.ReceiveAsync(stream), Size);
        await stream.DisposeAsync();
    }
}
