using System.Buffers;
using System.IO.Pipelines;

namespace StreamPipes.Soak;

/// <summary>Reads what comes to an end, in parts, with pauses and cancelled reads, and checks every byte of it.</summary>
internal sealed class Receiver(End end, Content content, Progress progress, Tally tally)
{
    private const int PauseCount = 4;

    private readonly Random _random = new(~end.Plan.Seed);

    public long Received => content.Position;

    /// <summary>Whether the end of the stream was read.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Reads to the end, or until there are that many bytes, or until it is told to stop.</summary>
    public async Task ReceiveAsync(long most, CancellationToken stop)
    {
        byte[] buffer = end.Stream is null ? [] : ArrayPool<byte>.Shared.Rent(Math.Max(end.Plan.Piece, 100));
        long nextPause = _random.Next(50_000);
        while (content.Position < most && !HasEnded && !stop.IsCancellationRequested)
        {
            progress.Report($"reading at {content.Position}");
            if (content.Position >= nextPause)
            {
                await Task.Delay(end.Plan.Pauses * (_random.NextDouble() / PauseCount), CancellationToken.None);
                nextPause += 300_000;
            }

            int cancelAfter = _random.Next(100) < end.Plan.CancelPercent ? _random.Next(10) : Timeout.Infinite;
            if (cancelAfter != Timeout.Infinite) tally.Cancelled();
            using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(stop);
            source.CancelAfter(cancelAfter);
            try
            {
                await (end.Stream is { } stream ? ReadAsync(stream, buffer, source.Token) : ReadAsync(end.Connection.Input, source.Token));
            }
            catch (OperationCanceledException) when (source.IsCancellationRequested)
            {
                // Ours, by the token. The bytes come with a later read, and the content tells if they do not.
            }
        }

        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
        progress.Report(HasEnded ? $"has read the end at {content.Position}" : $"has stopped reading at {content.Position}");
    }

    private async Task ReadAsync(Stream stream, byte[] buffer, CancellationToken token)
    {
        int count = await stream.ReadAsync(buffer, token);
        content.Check(buffer.AsSpan(0, count));
        HasEnded = count == 0;
    }

    private async Task ReadAsync(PipeReader input, CancellationToken token)
    {
        if (token.CanBeCanceled && _random.Next(200) < end.Plan.CancelPercent) input.CancelPendingRead();
        ReadResult result = await input.ReadAsync(token);

        // A part of it, at times: the rest has to be there again with the next read.
        long count = _random.Next(4) == 0 ? result.Buffer.Length / 2 : result.Buffer.Length;
        ReadOnlySequence<byte> taken = result.Buffer.Slice(0, count);
        content.Check(taken);
        HasEnded = result.IsCompleted && count == result.Buffer.Length;
        input.AdvanceTo(taken.End);
    }
}
