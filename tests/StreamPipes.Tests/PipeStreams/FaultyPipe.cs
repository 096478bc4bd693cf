using System.IO.Pipelines;

namespace StreamPipes.Tests.PipeStreams;

/// <summary>A pipe that takes what is written and otherwise only fails: its reads, flushes and completions throw, at once or in their task.</summary>
internal sealed class FaultyPipe : IDuplexPipe
{
    public FaultyPipe(Exception fault, bool atOnce)
    {
        Input = new FaultyReader(fault, atOnce);
        Output = new FaultyWriter(fault, atOnce);
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    private static async ValueTask<T> FailAsync<T>(Exception fault)
    {
        await Task.Yield();
        throw fault;
    }

    private sealed class FaultyReader(Exception fault, bool atOnce) : PipeReader
    {
        public override void AdvanceTo(SequencePosition consumed) => throw new NotSupportedException("Nothing was read.");

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => AdvanceTo(consumed);

        public override void CancelPendingRead()
        {
            // Every read ends by itself.
        }

        public override void Complete(Exception? exception = null) => throw fault;

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => atOnce ? throw fault : FailAsync<ReadResult>(fault);

        public override bool TryRead(out ReadResult result)
        {
            result = default;
            return atOnce ? throw fault : false;
        }
    }

    private sealed class FaultyWriter(Exception fault, bool atOnce) : PipeWriter
    {
        private readonly byte[] _buffer = new byte[4096];

        public override void Advance(int bytes)
        {
            // Nobody looks at them.
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => _buffer;

        public override Span<byte> GetSpan(int sizeHint = 0) => _buffer;

        public override void CancelPendingFlush()
        {
            // Every flush ends by itself.
        }

        public override void Complete(Exception? exception = null) => throw fault;

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => atOnce ? throw fault : FailAsync<FlushResult>(fault);
    }
}
