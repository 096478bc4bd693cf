using System.IO.Pipelines;
using Microsoft.Coyote.SystematicTesting;
using StreamPipes.PipeStreams;

namespace StreamPipes.Exploration.Coyote;

/// <summary>The background flush of a stream over a pipe.</summary>
public static class StreamTests
{
    [Test]
    public static async Task Small_writes_are_flushed_without_a_flush()
    {
        ThreadPool.Restart();
        CountingWriter writer = new();
        PipeStreamWrites writes = new(writer, leaveOpen: true);
        Task one = Task.Run(async () =>
        {
            await writes.WriteAsync(new byte[1], default);
            await writes.WriteAsync(new byte[1], default);
        });
        Task other = Task.Run(async () => await writes.WriteAsync(new byte[1], default));
        await Task.WhenAll(one, other);
        await ThreadPool.DrainAsync();
        Check.That(writer.Flushed == 3, "bytes are left, and nothing will flush them");
    }

    private sealed class CountingWriter : PipeWriter
    {
        private readonly byte[] _memory = new byte[64];
        private int _written;
        private int _flushed;

        public int Flushed => Volatile.Read(ref _flushed);

        public override void Advance(int bytes) => Interlocked.Add(ref _written, bytes);

        public override Memory<byte> GetMemory(int sizeHint = 0) => _memory;

        public override Span<byte> GetSpan(int sizeHint = 0) => _memory;

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            Interlocked.Exchange(ref _flushed, Volatile.Read(ref _written));
            return new ValueTask<FlushResult>(new FlushResult(isCanceled: false, isCompleted: false));
        }

        public override void CancelPendingFlush()
        {
            // No flush waits.
        }

        public override void Complete(Exception? exception = null)
        {
            // Nothing is held.
        }
    }
}
