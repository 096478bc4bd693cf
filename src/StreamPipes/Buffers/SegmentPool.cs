namespace StreamPipes.Buffers;

/// <summary>Segments without memory, for the memory of other people's pools.</summary>
internal static class SegmentPool
{
    private const int Maximum = 1024;
    private static readonly Stack<Segment> Unused = new();

    public static Segment Rent()
    {
        lock (Unused)
        {
            if (Unused.Count > 0) return Unused.Pop();
        }

        return new Segment();
    }

    public static void Return(Segment segment)
    {
        lock (Unused)
        {
            if (Unused.Count < Maximum) Unused.Push(segment);
        }
    }
}
