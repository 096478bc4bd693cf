using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;

namespace StreamPipes.Benchmarks.Micro;

/// <summary>A pipe reader that always has more frames behind a length of four bytes, a block of them with each read, and costs next to nothing itself.</summary>
internal sealed class EndlessFrames : PipeReader
{
    private readonly Block _block;
    private int _start;

    public EndlessFrames(int frameSize, int framesPerRead)
    {
        byte[] bytes = new byte[(sizeof(int) + frameSize) * framesPerRead];
        for (int at = 0; at < bytes.Length; at += sizeof(int) + frameSize) BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at), frameSize);
        _block = new Block(bytes);
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => new(Read());

    public override bool TryRead(out ReadResult result)
    {
        result = Read();
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        int end = consumed.GetInteger();
        _start = end == _block.Memory.Length ? 0 : end;
    }

    public override void CancelPendingRead()
    {
        // No read is ever pending.
    }

    public override void Complete(Exception? exception = null)
    {
        // There is nothing to release.
    }

    private ReadResult Read() => new(new ReadOnlySequence<byte>(_block, _start, _block, _block.Memory.Length), isCanceled: false, isCompleted: false);

    private sealed class Block : ReadOnlySequenceSegment<byte>
    {
        public Block(byte[] bytes) => Memory = bytes;
    }
}
