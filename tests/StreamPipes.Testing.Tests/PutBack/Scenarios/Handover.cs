using System.Buffers;
using System.IO.Pipelines;

namespace StreamPipes.Testing.Tests.PutBack.Scenarios;

/// <summary>A connection over a stream that a cancelled read ends is detached in the middle of a conversation, which continues on the stream that is handed back.</summary>
internal sealed class Handover : Scenario
{
    private const int Size = 100;

    public override async Task RunAsync(VirtualNetwork network)
    {
        (VirtualStream near, VirtualStream far) = network.ConnectStreams();
        Task peer = AnswerAsync(network, far);
        PipeConnection connection = StreamConnection.Create(new FragileStream(near), network.OptionsFor(options: null));
        await connection.Output.WriteAsync(Payload.Create(Size));
        ReadResult answer = await connection.Input.ReadAtLeastAsync(Size);
        Payload.Check(answer.Buffer.ToArray(), Size);
        connection.Input.AdvanceTo(answer.Buffer.End);
        await PauseAsync(network, TimeSpan.FromMilliseconds(50));
        Stream stream = (await connection.DetachAsync()).Stream;
        await stream.WriteAsync(Payload.Create(Size));
        byte[] further = new byte[Size];
        await stream.ReadExactlyAsync(further);
        Payload.Check(further, Size);
        await stream.DisposeAsync();
        await peer;
    }

    private static async Task AnswerAsync(VirtualNetwork network, VirtualStream stream)
    {
        byte[] request = new byte[Size];
        for (int i = 0; i < 2; i++)
        {
            await stream.ReadExactlyAsync(request);
            Payload.Check(request, Size);
            await PauseAsync(network, TimeSpan.FromMilliseconds(50));
            await stream.WriteAsync(request);
        }

        await Payload.ReceiveAsync(stream);
        await stream.DisposeAsync();
    }
}
