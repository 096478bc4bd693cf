using System.IO.Pipelines;

namespace StreamPipes.Tests.PipeStreams;

/// <summary>Many at work on one stream over a pipe at once.</summary>
public sealed class DuplexPipeStreamRaceTests
{
    private const int Writers = 8;
    private const int Rounds = 2_000;

    [Fact]
    public async Task Writers_beside_each_other_wait_for_each_other_and_lose_nothing()
    {
        // A pipe so small that most writes have to wait for the reader.
        (IDuplexPipe near, IDuplexPipe far) = DuplexPipe.CreatePair(new PipeOptions(pauseWriterThreshold: 256, resumeWriterThreshold: 128, useSynchronizationContext: false));
        await using Stream stream = near.AsStream();
        Task<long> reading = CountAsync(far.Input);

        Task<long>[] writing = [.. Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(stream, writer)))];
        long written = (await Task.WhenAll(writing).Guarded()).Sum();
        await stream.FlushAsync().Guarded();
        await near.Output.CompleteAsync().Guarded();

        (await reading.Guarded()).Should().Be(written);
    }

    [Fact]
    public async Task A_read_that_begins_while_the_connection_is_disposed_ends()
    {
        for (int round = 0; round < Rounds; round++)
        {
            (IDuplexPipe near, IDuplexPipe far) = DuplexPipe.CreatePair();
            PipeConnection connection = StreamConnection.Create(near.AsStream());
            using Barrier start = new(2);
            Task<Exception?> reading = Task.Run(() =>
            {
                start.SignalAndWait();
                return Thrown.ByAsync(() => connection.Input.ReadAsync().AsTask());
            });

            start.SignalAndWait();
            await connection.DisposeAsync().Guarded();

            (await reading.Guarded()).Should().BeAssignableTo<InvalidOperationException>();
            await far.Output.CompleteAsync();
            await far.Input.CompleteAsync();
        }
    }

    private static async Task<long> WriteAsync(Stream stream, int seed)
    {
        Random random = new(seed);
        long written = 0;
        for (int round = 0; round < Rounds; round++)
        {
            byte[] piece = new byte[random.Next(1, 100)];
            await stream.WriteAsync(piece).Guarded();
            written += piece.Length;
            if (random.Next(4) == 0) await stream.FlushAsync().Guarded();
        }

        return written;
    }

    private static async Task<long> CountAsync(PipeReader reader)
    {
        long count = 0;
        while (true)
        {
            ReadResult result = await reader.ReadAsync();
            count += result.Buffer.Length;
            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) return count;
        }
    }
}
