using System.IO.Pipelines;

namespace StreamPipes.Tests.Conformance;

public abstract partial class PipeConnectionConformance
{
    private const int Races = 15;

    [Fact]
    public async Task An_abort_from_another_thread_ends_a_reader_and_a_writer_at_work()
    {
        for (int i = 0; i < Races; i++)
        {
            await using ConnectedPair pair = await ConnectAsync();
            TaskCompletionSource atWork = new(TaskCreationOptions.RunContinuationsAsynchronously);
            Task<Exception?> reading = Task.Run(() => Thrown.ByAsync(() => ReadForEverAsync(pair.Client.Input, atWork)));
            Task<Exception?> echoing = Task.Run(() => Thrown.ByAsync(() => EchoForEverAsync(pair.Server)));
            Task<Exception?> writing = Task.Run(() => Thrown.ByAsync(() => WriteForEverAsync(pair.Client.Output)));
            await atWork.Task.Guarded();

            InvalidDataException reason = new("enough");
            pair.ClientConnection.Abort(reason);

            (await reading.Guarded()).Should().BeSameAs(reason);
            (await writing.Guarded()).Should().BeSameAs(reason);
            await pair.ClientConnection.DisposeAsync().Guarded();
            pair.ServerConnection.Abort();
            await Task.WhenAny(echoing).Guarded();
        }
    }

    [Fact]
    public async Task The_end_of_the_peer_racing_with_reads_loses_no_byte()
    {
        for (int i = 0; i < Races; i++)
        {
            await using ConnectedPair pair = await ConnectAsync();
            byte[] payload = Payload.Seeded(10_000 + i, seed: i);
            Task<byte[]> receiving = Task.Run(() => pair.Server.Input.TakeAllAsync());
            await pair.Client.Output.WriteAsync(payload).Guarded();

            await EndSendingAsync(pair.Client);

            (await receiving.Guarded()).Should().Equal(payload);
        }
    }

    private static async Task ReadForEverAsync(PipeReader input, TaskCompletionSource atWork)
    {
        while (true)
        {
            ReadResult result = await input.ReadAsync();
            if (result.IsCompleted) throw new EndOfStreamException();
            atWork.TrySetResult();
            input.AdvanceTo(result.Buffer.End);
        }
    }

    private static async Task WriteForEverAsync(PipeWriter output)
    {
        while (true) await output.WriteAsync(new byte[100]);
    }

    private static async Task EchoForEverAsync(IDuplexPipe pipe) => await pipe.Input.CopyToAsync(pipe.Output);
}
