using System.Buffers.Binary;
using System.Security.Cryptography;

namespace HttpOverPipes;

/// <summary>Bytes for large bodies: made where they are needed, never the same for long, and known to both sides.</summary>
internal static class Pattern
{
    private const int BlockSize = 32 * 1024;

    /// <summary>Writes that many bytes.</summary>
    public static async Task WriteAsync(Stream stream, long length, CancellationToken cancellationToken)
    {
        byte[] block = new byte[BlockSize];
        for (long position = 0; position < length; position += block.Length)
        {
            Fill(block, position);
            await stream.WriteAsync(block.AsMemory(0, (int)Math.Min(block.Length, length - position)), cancellationToken);
        }
    }

    /// <summary>The SHA-256 of that many bytes.</summary>
    public static string HashOf(long length)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] block = new byte[BlockSize];
        for (long position = 0; position < length; position += block.Length)
        {
            Fill(block, position);
            hash.AppendData(block, 0, (int)Math.Min(block.Length, length - position));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static void Fill(Span<byte> block, long position)
    {
        for (int i = 0; i < block.Length; i += sizeof(ulong))
            BinaryPrimitives.WriteUInt64LittleEndian(block[i..], unchecked((ulong)(position + i + 1) * 0x9E3779B97F4A7C15));
    }
}
