using System.IO.Pipelines;

namespace StreamPipes.Tests.Hostile;

/// <summary>How much memory a connection may hold whatever its peer does.</summary>
internal static class Bounds
{
    private const int BlockSize = 4096;
    private const int PauseThreshold = 64 * 1024;

    // The write that reached the threshold, what the pump is writing or reading meanwhile, and the ends of blocks that are not full.
    private const int Slack = 128 * 1024;

    public static PipeOptions PipeOptions(CountingMemoryPool pool, int blockSize = BlockSize) =>
        new(pool, minimumSegmentSize: blockSize, pauseWriterThreshold: PauseThreshold, resumeWriterThreshold: PauseThreshold / 2, useSynchronizationContext: false);

    /// <summary>An aborted write gives its memory back when the stream has let go of it, which may be a moment after the connection's end.</summary>
    public static async Task ShouldReturnAsync(CountingMemoryPool pool)
    {
        await ReturnedAsync().Guarded();
        pool.AssertClean();

        async Task ReturnedAsync()
        {
            while (pool.Outstanding > 0) await Task.Delay(5);
        }
    }

    public static void ShouldHold(CountingMemoryPool pool, int blockSize = BlockSize) => (pool.Outstanding * blockSize).Should().BeLessThanOrEqualTo(PauseThreshold + Slack);
}
