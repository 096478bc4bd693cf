namespace StreamPipes.Tests.Carriers;

/// <summary>What travels: more than any buffer on the way holds, in uneven pieces.</summary>
internal static class Content
{
    /// <summary>How much of the request is written before a detach.</summary>
    public const int BeforeDetach = 300_000;

    /// <summary>How much of the answer is read before a detach, of the part that comes before it.</summary>
    public const int ReadBeforeDetach = 100_000;

    /// <summary>How much of the answer comes before a detach.</summary>
    public const int AnsweredBeforeDetach = 150_000;

    private const int LargestPiece = 50_000;

    public static byte[] Greeting { get; } = [42];

    public static byte[] Request { get; } = Payload.Seeded(1_000_003, seed: 11);

    public static byte[] Answer { get; } = Payload.Seeded(700_001, seed: 12);

    public static string RequestHash { get; } = Payload.HashOf(Request);

    public static string NothingHash { get; } = Payload.HashOf([]);

    /// <summary>Cuts into pieces of any size up to <see cref="LargestPiece"/>.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Pieces(ReadOnlyMemory<byte> bytes, int seed)
    {
        Random random = Payload.NewRandom(seed);
        while (!bytes.IsEmpty)
        {
            int length = Math.Min(bytes.Length, random.Next(1, LargestPiece));
            yield return bytes[..length];
            bytes = bytes[length..];
        }
    }
}
