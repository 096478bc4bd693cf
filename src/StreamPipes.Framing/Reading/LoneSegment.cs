using System.Buffers;

namespace StreamPipes.Framing.Reading;

/// <summary>Memory that a reader gave without a segment around it, as one of <see cref="System.IO.Pipelines.PipeReader.Create(ReadOnlySequence{byte})"/> may.</summary>
internal sealed class LoneSegment : ReadOnlySequenceSegment<byte>
{
    public LoneSegment(ReadOnlyMemory<byte> memory) => Memory = memory;

    public LoneSegment Append(ReadOnlyMemory<byte> memory)
    {
        LoneSegment next = new(memory) { RunningIndex = RunningIndex + Memory.Length };
        Next = next;
        return next;
    }
}
