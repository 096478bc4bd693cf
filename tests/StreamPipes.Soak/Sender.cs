using System.Buffers;
using System.IO.Pipelines;

namespace StreamPipes.Soak;

/// <summary>Writes an end's bytes, in pieces, with pauses, and with cancelled flushes among them.</summary>
internal sealed class Sender(End end, Content content, Progress progress, Tally tally)
{
    private const int PauseCount = 8;

    private readonly Random _random = new(end.Plan.Seed);

    public long Sent => content.Position;

    /// <summary>Writes and flushes that many bytes. The output stays open.</summary>
    public async Task SendAsync(int count)
    {
        long nextPause = 0;
        while (content.Position < count)
        {
            progress.Report($"writing at {content.Position} of {count}");
            if (content.Position >= nextPause)
            {
                await PauseAsync();
                nextPause += Math.Max(end.Plan.Bytes / PauseCount, 1);
            }

            int length = (int)Math.Min(_random.Next(1, end.Plan.Piece + 1), count - content.Position);
            await (end.Stream is { } stream ? WriteAsync(stream, length) : WriteAsync(end.Connection.Output, length));
        }

        if (end.Stream is not null) await end.Stream.FlushAsync();
        progress.Report($"has written {count}");
    }

    /// <summary>The half-close, which returns when everything is out.</summary>
    public async Task CompleteAsync()
    {
        progress.Report("completing its output");
        await end.Connection.Output.CompleteAsync();
        progress.Report("has completed its output");
    }

    private async Task WriteAsync(Stream stream, int length)
    {
        byte[] bytes = ArrayPool<byte>.Shared.Rent(length);
        content.Fill(bytes.AsSpan(0, length));
        await stream.WriteAsync(bytes.AsMemory(0, length));
        ArrayPool<byte>.Shared.Return(bytes);
        if (_random.Next(4) == 0) await stream.FlushAsync();
    }

    private async Task WriteAsync(PipeWriter output, int length)
    {
        while (length > 0)
        {
            // Whatever the writer offers, so that blocks end in odd places.
            Span<byte> memory = output.GetSpan(Math.Min(length, _random.Next(1, 2000)));
            int count = Math.Min(length, memory.Length);
            content.Fill(memory[..count]);
            output.Advance(count);
            length -= count;
        }

        FlushResult result = await FlushAsync(output);
        if (result.IsCompleted) await LearnAsync(output);
    }

    /// <summary>The peer had closed, and takes no more: the completion tells what has become of it.</summary>
    private static async Task LearnAsync(PipeWriter output)
    {
        await output.CompleteAsync();
        throw new SoakException("a flush said that nobody reads, and the completion that everything was sent");
    }

    private async Task<FlushResult> FlushAsync(PipeWriter output)
    {
        if (_random.Next(100) >= end.Plan.CancelPercent) return await output.FlushAsync();

        // Given up or not, these bytes are sent once. The next flush must find nothing of them.
        tally.Cancelled();
        if (_random.Next(2) == 0)
        {
            output.CancelPendingFlush();
            return await output.FlushAsync();
        }

        using CancellationTokenSource source = new(TimeSpan.FromMilliseconds(_random.Next(3)));
        try
        {
            return await output.FlushAsync(source.Token);
        }
        catch (OperationCanceledException) when (source.IsCancellationRequested)
        {
            return default;
        }
    }

    private Task PauseAsync() => Task.Delay(end.Plan.Pauses * ((0.5 + _random.NextDouble()) / PauseCount));
}
