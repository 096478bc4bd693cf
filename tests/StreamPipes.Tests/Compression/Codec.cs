using System.IO.Compression;

namespace StreamPipes.Tests.Compression;

/// <summary>A compression of the framework: its two halves.</summary>
public enum Codec
{
    GZip,
    Brotli,
    ZLib,
    Deflate,
}

internal static class CodecExtensions
{
    public static Stream Compress(this Codec codec, Stream stream, bool leaveOpen = false) => codec switch
    {
        Codec.GZip => new GZipStream(stream, CompressionLevel.Fastest, leaveOpen),
        Codec.Brotli => new BrotliStream(stream, CompressionLevel.Fastest, leaveOpen),
        Codec.ZLib => new ZLibStream(stream, CompressionLevel.Fastest, leaveOpen),
        _ => new DeflateStream(stream, CompressionLevel.Fastest, leaveOpen),
    };

    public static Stream Decompress(this Codec codec, Stream stream, bool leaveOpen = false) => codec switch
    {
        Codec.GZip => new GZipStream(stream, CompressionMode.Decompress, leaveOpen),
        Codec.Brotli => new BrotliStream(stream, CompressionMode.Decompress, leaveOpen),
        Codec.ZLib => new ZLibStream(stream, CompressionMode.Decompress, leaveOpen),
        _ => new DeflateStream(stream, CompressionMode.Decompress, leaveOpen),
    };
}
