using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using StreamPipes.Benchmarks.Measuring;

namespace StreamPipes.Benchmarks.Clients;

/// <summary>What somebody writes who uses pipes. The same code for every contender that has a reader and a writer.</summary>
internal class PipeClient(PipeReader input, PipeWriter output, Func<ValueTask> close) : Client
{
    public override async Task SendAsync(ReadOnlyMemory<byte> message, int count)
    {
        for (int i = 0; i < count; i++) await output.WriteAsync(message);
    }

    public override async ValueTask SendOneAsync(ReadOnlyMemory<byte> message) => await output.WriteAsync(message);

    public override async Task ReceiveAsync(long bytes)
    {
        while (bytes > 0)
        {
            ReadResult result = await input.ReadAsync();
            bytes -= result.Buffer.Length;
            input.AdvanceTo(result.Buffer.End);
            ThrowIfEnded(result);
        }
    }

    public override async Task ExchangeAsync(ReadOnlyMemory<byte> message, int count, Histogram? times)
    {
        for (int i = 0; i < count; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await output.WriteAsync(message);
            long missing = message.Length;
            while (missing > 0)
            {
                ReadResult result = await input.ReadAsync();
                missing -= result.Buffer.Length;
                input.AdvanceTo(result.Buffer.End);
                ThrowIfEnded(result);
            }

            times?.Add(Stopwatch.GetTimestamp() - start);
        }
    }

    public override async Task ServeLinesAsync(long lines, ReadOnlyMemory<byte> answer)
    {
        while (lines > 0)
        {
            ReadResult result = await input.ReadAsync();
            ReadOnlySequence<byte> buffer = result.Buffer;
            bool hasAnswers = false;
            while (Lines.TryTake(ref buffer))
            {
                lines--;
                output.Write(answer.Span);
                hasAnswers = true;
            }

            input.AdvanceTo(buffer.Start, buffer.End);
            ThrowIfEnded(result);
            if (hasAnswers) await output.FlushAsync();
        }
    }

    public override async Task ReceiveRepliesAsync(Replies replies, long count)
    {
        while (count > 0)
        {
            ReadResult result = await input.ReadAsync();
            foreach (ReadOnlyMemory<byte> segment in result.Buffer) count -= replies.Take(segment.Span);
            input.AdvanceTo(result.Buffer.End);
            ThrowIfEnded(result);
        }
    }

    public override async Task WaitAsync() => await input.ReadAsync();

    public override ValueTask DisposeAsync() => close();

    private static void ThrowIfEnded(in ReadResult result)
    {
        if (result.IsCompleted) throw new EndOfStreamException("The peer hung up in the middle of a row.");
    }
}
