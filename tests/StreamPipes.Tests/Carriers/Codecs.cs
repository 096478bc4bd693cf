using System.IO.Compression;

namespace StreamPipes.Tests.Carriers;

/// <summary>The two halves of a compression over one stream, which they leave open.</summary>
internal sealed class Codecs
{
    private Codecs(Func<Stream, Stream> decompress, Func<Stream, Stream> compress)
    {
        Decompress = decompress;
        Compress = compress;
    }

    public static Codecs Brotli { get; } = new(stream => new BrotliStream(stream, CompressionMode.Decompress, leaveOpen: true), stream => new BrotliStream(stream, CompressionLevel.Fastest, leaveOpen: true));

    public Func<Stream, Stream> Decompress { get; }

    public Func<Stream, Stream> Compress { get; }

    public static Codecs WatchedDeflate(CrashWatch watch) =>
        new(stream => new WatchedDeflateStream(stream, CompressionMode.Decompress, watch), stream => new WatchedDeflateStream(stream, CompressionMode.Compress, watch));

    /// <summary>The same without the watch, for a side that is used by hand.</summary>
    public Codecs ForFar() => ReferenceEquals(this, Brotli) ? this : WatchedDeflate(new CrashWatch());

    /// <summary>An end whose half-close is the trailer of its output.</summary>
    public CarrierEnd Open(CarrierEnd below)
    {
        Stream output = Compress(below.Output);
        return new CarrierEnd(Decompress(below.Input), output)
        {
            HalfClose = async () => await output.DisposeAsync(),
            Below = below,
            Farewell = () => below.Input is EndWatch { HasEnded: true } ? " without a trailer" : " by its trailer",
        };
    }
}
