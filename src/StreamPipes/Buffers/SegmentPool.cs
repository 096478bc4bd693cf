using System.Buffers;

namespace StreamPipes.Buffers;

/// <summary>Segments for the memory of other pools than the library's own, whose blocks are segments already.</summary>
internal static class SegmentPool
{
    private const int Maximum = 1024;
    private static readonly Stack<Segment> Unused = new();

    public static Segment Rent(IMemoryOwner<byte> owner)
    {
        Segment segment = TryTake() ?? new Segment();
        segment.Own(owner);
        return segment;
    }

    public static void Return(Segment segment)
    {
        lock (Unused)
        {
            if (Unused.Count < Maximum) Unused.Push(segment);
        }
    }

    private static Segment? TryTake()
    {
        lock (Unused) return Unused.Count > 0 ? Unused.Pop() : null;
    }
}
