using System.Buffers;
using System.IO.Pipelines;

namespace StreamPipes.Testing.Tests.PutBack.Scenarios;

/// <summary>A connection is disposed while one caller parses what it has read, and another fills memory that it has asked for. Both keep theirs until they give it back.</summary>
internal sealed class MemoryInUse : Scenario
{
    private const int Size = 500;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public override async Task RunAsync(VirtualNetwork network)
    {
        using CountingMemoryPool pool = new();
        PipeOptions blocks = new(pool);
        (VirtualStream near, VirtualStream far) = network.ConnectStreams();
        PipeConnection connection = StreamConnection.Create(near, network.OptionsFor(new PipeConnectionOptions { ReceivePipeOptions = blocks, SendPipeOptions = blocks }));
        await far.WriteAsync(Payload.Create(Size));
        far.ShutdownWrites();
        Task reading = ParseAsync(network, connection.Input);
        Task writing = FillAsync(network, connection.Output);
        await network.DelayAsync(TimeSpan.FromMilliseconds(300));
        await PauseAsync(network, Pause);
        await connection.DisposeAsync();
        await reading;
        await writing;
        await far.DisposeAsync();
        pool.ThrowIfOutstanding();
    }

    private static async Task ParseAsync(VirtualNetwork network, PipeReader reader)
    {
        ReadResult received = await reader.ReadAtLeastAsync(Size);
        List<ReadOnlyMemory<byte>> pieces = [];
        foreach (ReadOnlyMemory<byte> piece in received.Buffer) pieces.Add(piece);
        await network.DelayAsync(TimeSpan.FromMilliseconds(300));
        await PauseAsync(network, Pause);
        Payload.Check([.. pieces.SelectMany(piece => piece.ToArray())], Size);
        try
        {
            reader.AdvanceTo(received.Buffer.End);
        }
        catch (ObjectDisposedException)
        {
            network.Note("the reader came after the dispose");
        }
    }

    private static async Task FillAsync(VirtualNetwork network, PipeWriter writer)
    {
        await network.DelayAsync(TimeSpan.FromMilliseconds(299));
        Memory<byte> memory = writer.GetMemory(Size);
        await PauseAsync(network, Pause);
        Payload.Create(Size).CopyTo(memory);
        try
        {
            writer.Advance(Size);
        }
        catch (ObjectDisposedException)
        {
            network.Note("the writer came after the dispose");
        }
    }
}
