using System.Buffers;
using System.IO.Pipelines;

namespace StreamPipes.Tests.Testing;

/// <summary>A flush that waits because the peer does not read, and every byte written up to and with it.</summary>
internal sealed class StuckFlush
{
    private const int ChunkSize = 64 * 1024;
    private const int Limit = 64 * 1024 * 1024;
    private const int QuietPolls = 8;
    private const int OverflowSize = 16 * 1024 * 1024;
    private static readonly Lazy<byte[]> Content = new(() => Payload.Seeded(Limit, seed: 77));

    private StuckFlush(int written, Task<FlushResult> flush)
    {
        Written = written;
        Flush = flush;
    }

    public int Written { get; }

    public Task<FlushResult> Flush { get; }

    public byte[] ExpectedBytes => Content.Value[..Written];

    /// <summary>
    /// Writes, in one flush, more than all the buffers on the way can hold: it waits, however slow the machine is. The peer must not read
    /// meanwhile. What there is room for has been sent by then, unless the machine is very slow.
    /// </summary>
    /// <param name="writer">Where to write.</param>
    /// <param name="cancellationToken">The token of the flush.</param>
    public static async Task<StuckFlush> OverflowAsync(PipeWriter writer, CancellationToken cancellationToken = default)
    {
        writer.Write(Content.Value.AsSpan(0, OverflowSize));
        Task<FlushResult> flush = writer.FlushAsync(cancellationToken).AsTask();
        if (await StaysPendingAsync(flush)) return new StuckFlush(OverflowSize, flush);
        await flush;
        throw new InvalidOperationException($"{OverflowSize} bytes were taken although nobody reads.");
    }

    /// <summary>
    /// Writes little by little until a flush gets no further: for those who look at what is held in memory. The peer must not read meanwhile.
    /// </summary>
    /// <param name="writer">Where to write.</param>
    /// <param name="cancellationToken">The token of every flush.</param>
    public static async Task<StuckFlush> CauseAsync(PipeWriter writer, CancellationToken cancellationToken = default)
    {
        byte[] content = Content.Value;
        for (int written = 0; written < Limit;)
        {
            writer.Write(content.AsSpan(written, ChunkSize));
            written += ChunkSize;
            Task<FlushResult> flush = writer.FlushAsync(cancellationToken).AsTask();
            if (await StaysPendingAsync(flush)) return new StuckFlush(written, flush);
            await flush;
        }

        throw new InvalidOperationException($"{Limit} bytes were taken although nobody reads.");
    }

    // Kernel buffers have no event for "full". The polls go through the same pool as the pumps, so a slow machine slows both.
    private static async Task<bool> StaysPendingAsync(Task flush)
    {
        for (int i = 0; i < QuietPolls && !flush.IsCompleted; i++) await Task.WhenAny(flush, Task.Delay(25));
        return !flush.IsCompleted;
    }
}
