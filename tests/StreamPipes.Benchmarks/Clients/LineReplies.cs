namespace StreamPipes.Benchmarks.Clients;

/// <summary>Replies that are lines.</summary>
internal sealed class LineReplies(int capacity) : Replies(capacity)
{
    protected override int CountReplies(ReadOnlySpan<byte> bytes) => bytes.Count((byte)'\n');
}
