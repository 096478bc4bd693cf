using System.Security.Cryptography;

namespace StreamPipes.Tests.Testing;

/// <summary>Bytes to send: the same for the same seed, and without a period that would hide a swapped block.</summary>
internal static class Payload
{
    /// <summary>Sizes that sit on and beside the boundaries of blocks, records and thresholds.</summary>
    public static readonly int[] AwkwardSizes = [1, 2, 7, 63, 1000, 4095, 4096, 4097, 16383, 16384, 16385, 32767, 32769, 65537, 100_003];

    public static byte[] Seeded(int length, int seed = 1)
    {
        byte[] bytes = new byte[length];
        NewRandom(seed).NextBytes(bytes);
        return bytes;
    }

    public static string HashOf(ReadOnlySpan<byte> bytes) => Convert.ToHexString(SHA256.HashData(bytes));

    /// <summary>Not for secrets: a sequence that can be had again.</summary>
    public static Random NewRandom(int seed) => new(seed);
}
