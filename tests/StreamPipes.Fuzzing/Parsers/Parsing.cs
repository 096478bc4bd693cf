using System.Buffers;

namespace StreamPipes.Fuzzing.Parsers;

/// <summary>What a parser made of some bytes: what it took, in print, the error it ended with, and how many bytes it left.</summary>
internal sealed record Parsing(IReadOnlyList<string> Items, string? Error, long Left)
{
    /// <summary>Takes the next item off the front of the buffer; false when more bytes are needed.</summary>
    public delegate bool TryTake(ref ReadOnlySequence<byte> buffer, out string item);

    /// <param name="take">The parser.</param>
    /// <param name="wire">All bytes, at once.</param>
    /// <param name="errorOf">What the documented exceptions say; null for any other, which is a finding.</param>
    public static Parsing Whole(TryTake take, byte[] wire, Func<Exception, string?> errorOf)
    {
        List<string> items = [];
        ReadOnlySequence<byte> buffer = new(wire);
        string? error = TakeAll(take, ref buffer, items, errorOf);
        return new Parsing(items, error, error is null ? buffer.Length : 0);
    }

    /// <summary>A buffer that grows by pieces and is cut into segments at other places. What was consumed is taken away, as a pipe does it.</summary>
    public static Parsing InPieces(TryTake take, byte[] wire, byte seed, Func<Exception, string?> errorOf)
    {
        List<string> items = [];
        Random random = new(seed);
        int consumed = 0;
        int end = 0;
        do
        {
            end = Math.Min(wire.Length, end + 1 + random.Next(1 + (seed % 40)));
            ReadOnlySequence<byte> buffer = Segments.Of(wire.AsMemory(consumed, end - consumed), random);
            if (TakeAll(take, ref buffer, items, errorOf) is { } error) return new Parsing(items, error, 0);
            consumed = end - (int)buffer.Length;
        }
        while (end < wire.Length);

        return new Parsing(items, Error: null, wire.Length - consumed);
    }

    public void MustEqual(Parsing other, string others)
    {
        int same = Items.Zip(other.Items).TakeWhile(pair => string.Equals(pair.First, pair.Second, StringComparison.Ordinal)).Count();
        FoundException.Unless(same == Items.Count && same == other.Items.Count, $"item {same} is '{Items.ElementAtOrDefault(same)}', and {others} '{other.Items.ElementAtOrDefault(same)}'");
        FoundException.Unless(string.Equals(Error, other.Error, StringComparison.Ordinal), $"the error is '{Error}', and {others} '{other.Error}'");
        FoundException.Unless(Left == other.Left, $"{Left} bytes are left, and {others} {other.Left}");
    }

    private static string? TakeAll(TryTake take, ref ReadOnlySequence<byte> buffer, List<string> items, Func<Exception, string?> errorOf)
    {
        try
        {
            while (true)
            {
                long before = buffer.Length;
                bool hasItem = take(ref buffer, out string item);
                FoundException.Unless(hasItem ? buffer.Length < before : buffer.Length <= before, "an item was made of nothing");
                if (!hasItem) return null;
                items.Add(item);
            }
        }
        catch (Exception exception) when (errorOf(exception) is not null)
        {
            return errorOf(exception);
        }
    }
}
