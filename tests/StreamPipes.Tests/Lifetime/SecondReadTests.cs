using System.IO.Pipelines;

namespace StreamPipes.Tests.Lifetime;

/// <summary>Of two reads at a time one is refused, by the documented exception, whatever the threads do: no bytes are lost or given twice.</summary>
public sealed class SecondReadTests
{
    private static int Messages => LongRun.IsOn ? 200_000 : 1_000;

    [Theory]
    [InlineData(PumpScheduling.Default)]
    [InlineData(PumpScheduling.Inline)]
    [InlineData(PumpScheduling.ThreadPool)]
    public async Task Two_contending_readers_get_every_byte_once_and_no_other_refusal(PumpScheduling scheduling)
    {
        (IDuplexPipe near, IDuplexPipe far) = DuplexPipe.CreatePair();
        await using PipeConnection connection = StreamConnection.Create(near.AsStream(), new PipeConnectionOptions { Scheduling = scheduling });
        long sum = 0;
        long expected = 0;
        Task[] reading = [Task.Run(ReadAsync), Task.Run(ReadAsync)];
        for (int i = 0; i < Messages; i++)
        {
            byte value = (byte)(i + 1);
            expected += value;
            await far.Output.WriteAsync(new[] { value }).Guarded();
            if (i % 16 == 0) await Task.Yield();
        }

        await far.Output.CompleteAsync().Guarded();
        await Task.WhenAll(reading).Guarded();
        Interlocked.Read(ref sum).Should().Be(expected);

        async Task ReadAsync()
        {
            while (true)
            {
                ReadResult read;
                try
                {
                    read = await connection.Input.ReadAsync().ConfigureAwait(false);
                }
                catch (InvalidOperationException)
                {
                    await Task.Yield();
                    continue;
                }

                foreach (ReadOnlyMemory<byte> memory in read.Buffer)
                {
                    foreach (byte value in memory.Span) Interlocked.Add(ref sum, value);
                }

                connection.Input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted) return;
            }
        }
    }
}
