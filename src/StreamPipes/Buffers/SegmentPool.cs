using System.Buffers;

namespace StreamPipes.Buffers;

/// <summary>
/// Segments for the memory of other pools than the library's own, whose blocks are segments already. Every core has a stack of its own, which any thread may use.
/// </summary>
internal static class SegmentPool
{
    private const int MostOnCore = 128;
    private static readonly PerCore<Stack<Segment>> Unused = new(static () => new Stack<Segment>());

    public static Segment Rent(IMemoryOwner<byte> owner)
    {
        Segment segment = TryTake() ?? new Segment();
        segment.Own(owner);
        return segment;
    }

    public static void Return(Segment segment)
    {
        Stack<Segment> unused = Unused.Own;
        lock (unused)
        {
            if (unused.Count < MostOnCore) unused.Push(segment);
        }
    }

    private static Segment? TryTake()
    {
        Stack<Segment> unused = Unused.Own;
        lock (unused) return unused.Count > 0 ? unused.Pop() : null;
    }
}
