namespace StreamPipes.Benchmarks.Clients;

/// <summary>Replies of one length.</summary>
internal sealed class FixedReplies(int capacity, int length) : Replies(capacity)
{
    private int _part;

    protected override int CountReplies(ReadOnlySpan<byte> bytes)
    {
        _part += bytes.Length;
        int replies = _part / length;
        _part -= replies * length;
        return replies;
    }
}
