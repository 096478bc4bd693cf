using System.Buffers;

namespace StreamPipes.Buffers;

/// <summary>
/// Segments for the memory of other pools than the library's own, whose blocks are segments already. Every core has a stack of its own, which any thread may use.
/// </summary>
internal static class SegmentPool
{
    private const int MostOnCore = 128;
    private static readonly Stack<Segment>[] Unused = MakeStacks();

    public static Segment Rent(IMemoryOwner<byte> owner)
    {
        Segment segment = TryTake() ?? new Segment();
        segment.Own(owner);
        return segment;
    }

    public static void Return(Segment segment)
    {
        Stack<Segment> unused = OwnStack;
        lock (unused)
        {
            if (unused.Count < MostOnCore) unused.Push(segment);
        }
    }

    private static Stack<Segment> OwnStack => Unused[(uint)Thread.GetCurrentProcessorId() % (uint)Unused.Length];

    private static Segment? TryTake()
    {
        Stack<Segment> unused = OwnStack;
        lock (unused) return unused.Count > 0 ? unused.Pop() : null;
    }

    private static Stack<Segment>[] MakeStacks()
    {
        Stack<Segment>[] stacks = new Stack<Segment>[Math.Min(Environment.ProcessorCount, 64)];
        for (int i = 0; i < stacks.Length; i++) stacks[i] = new Stack<Segment>();
        return stacks;
    }
}
