using System.Buffers;
using StreamPipes.Framing.Formats;

namespace StreamPipes.Framing;

/// <summary>How messages are told apart in a stream of bytes, and how long one may be.</summary>
/// <remarks>
/// <para><b>The maximum length.</b> Every format has one. It counts the bytes of a frame as the reader hands it out and as the writer takes it: without prefix
/// and delimiter. A longer frame is a <see cref="FrameException"/> on both sides.</para>
/// <para><b>Ownership and concurrency.</b> A format has no state: one instance serves any number of readers and writers, on any thread.</para>
/// <para><b>Empty frames.</b> Allowed where the format can tell of one: a prefix of 0, two delimiters in a row.</para>
/// </remarks>
public abstract class FrameFormat
{
    private protected FrameFormat(int maximumLength) => MaximumLength = maximumLength >= 1
        ? maximumLength
        : throw new ArgumentOutOfRangeException(nameof(maximumLength), maximumLength, "A maximum length has at least one byte.");

    /// <summary>The longest frame allowed, in bytes.</summary>
    public int MaximumLength { get; }

    /// <summary>How many bytes of a frame, from its first, hold a header that the writer completes.</summary>
    internal virtual int InnerHeader => 0;

    /// <summary>What ends each frame.</summary>
    internal virtual ReadOnlySpan<byte> Trailer => default;

    /// <summary>Frames behind a length in network byte order, which counts what follows it.</summary>
    /// <param name="size">The size of the prefix in bytes: 1, 2, 4 or 8.</param>
    /// <param name="maximumLength">The longest frame allowed, in bytes, without the prefix. The prefix must be able to express it.</param>
    /// <returns>The format.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such size, or the maximum is less than 1 or more than the prefix can express.</exception>
    public static FrameFormat LengthPrefix(int size, int maximumLength) => new LengthPrefixFormat(new LengthPrefixOptions { Size = size }, maximumLength);

    /// <summary>Frames behind a length, in any of the ways that protocols have for it.</summary>
    /// <param name="options">Size and byte order of the prefix, where it is, and what it counts.</param>
    /// <param name="maximumLength">
    /// The longest frame allowed, in bytes; with the header if <see cref="LengthPrefixOptions.IncludesHeader"/> is set. The prefix must be able to express it.
    /// </param>
    /// <returns>The format.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="options"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option makes no sense, or the maximum is less than 1 or more than the prefix can express.</exception>
    /// <exception cref="ArgumentException">There is an <see cref="LengthPrefixOptions.Offset"/> without <see cref="LengthPrefixOptions.IncludesHeader"/>.</exception>
    public static FrameFormat LengthPrefix(LengthPrefixOptions options, int maximumLength) => options is null
        ? throw new ArgumentNullException(nameof(options))
        : new LengthPrefixFormat(options, maximumLength);

    /// <summary>
    /// Frames behind a length in LEB128, as Protocol Buffers delimit messages: seven bits in each byte, the least first. Read are numbers of up to 64 bits,
    /// also with more bytes than they need; written are the fewest bytes.
    /// </summary>
    /// <param name="maximumLength">The longest frame allowed, in bytes, without the prefix.</param>
    /// <returns>The format.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The maximum is less than 1.</exception>
    public static FrameFormat VarintPrefix(int maximumLength) => new Leb128Format(maximumLength);

    /// <summary>
    /// Frames behind a length in the varint of HAProxy (SPOP, the peers protocol): up to 239 in one byte, then four bits in the first byte and seven in each
    /// that follows.
    /// </summary>
    /// <param name="maximumLength">The longest frame allowed, in bytes, without the prefix.</param>
    /// <returns>The format.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The maximum is less than 1.</exception>
    public static FrameFormat SpopVarintPrefix(int maximumLength) => new SpopVarintFormat(maximumLength);

    /// <summary>
    /// Frames that each end with a delimiter, which is no part of them. The last one has to have it too, unless
    /// <see cref="FrameReader.AllowUnterminatedLastFrame"/> is set.
    /// </summary>
    /// <param name="delimiter">One byte or more. They are copied.</param>
    /// <param name="maximumLength">The longest frame allowed, in bytes, without the delimiter.</param>
    /// <returns>The format.</returns>
    /// <exception cref="ArgumentException">The delimiter is empty.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The maximum is less than 1.</exception>
    public static FrameFormat Delimiter(ReadOnlySpan<byte> delimiter, int maximumLength) => new DelimiterFormat(delimiter, maximumLength);

    /// <summary>
    /// Lines that end with LF or with CR LF, neither of which is part of them. Written is LF; a line that ends with CR cannot be written, since it would be
    /// read without it. A CR elsewhere is part of its line. For LF alone, with a CR before it as part of the line, see <see cref="Delimiter"/>.
    /// </summary>
    /// <param name="maximumLength">The longest line allowed, in bytes, without its end.</param>
    /// <returns>The format.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The maximum is less than 1.</exception>
    public static FrameFormat Lines(int maximumLength) => new LineFormat(maximumLength);

    /// <summary>Lines that end with CR LF, which is no part of them. A CR or an LF alone ends none, and is part of its line.</summary>
    /// <param name="maximumLength">The longest line allowed, in bytes, without its end.</param>
    /// <returns>The format.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The maximum is less than 1.</exception>
    public static FrameFormat CrLfLines(int maximumLength) => new DelimiterFormat([(byte)'\r', (byte)'\n'], maximumLength);

    /// <summary>
    /// One JSON text a line, each ended by LF: <see cref="Lines"/> by another name. Write JSON without indentation: a line with a line feed in it is
    /// refused. The last text must end with LF too, unless <see cref="FrameReader.AllowUnterminatedLastFrame"/> is set; without, it may have been cut off.
    /// </summary>
    /// <param name="maximumLength">The longest line allowed, in bytes, without its end.</param>
    /// <returns>The format.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The maximum is less than 1.</exception>
    public static FrameFormat JsonLines(int maximumLength) => Lines(maximumLength);

    /// <summary>Frames of one size, with nothing between them.</summary>
    /// <param name="size">The size of every frame in bytes, which is also <see cref="MaximumLength"/>.</param>
    /// <returns>The format.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The size is less than 1.</exception>
    public static FrameFormat FixedSize(int size) => new FixedSizeFormat(size);

    /// <summary>The frame at the front of contiguous bytes, if it is whole and good.</summary>
    /// <param name="unread">What has not been read.</param>
    /// <param name="scanned">At which offsets from the front no delimiter begins.</param>
    /// <param name="extent">Where the frame is.</param>
    /// <returns>False for everything else: <see cref="Scan"/> tells what.</returns>
    internal abstract bool TryFind(ReadOnlySpan<byte> unread, long scanned, out FrameExtent extent);

    /// <summary>The same of bytes in pieces, and what keeps it from being whole or good.</summary>
    internal abstract FrameScan Scan(in ReadOnlySequence<byte> unread, ref long scanned);

    /// <summary>Looks for the end of a frame that is to be discarded and tells no length.</summary>
    /// <param name="unread">What has not been discarded yet.</param>
    /// <param name="count">How many bytes can be discarded.</param>
    /// <param name="delimiter">How many of them are the delimiter, if they are the last ones.</param>
    /// <returns>Whether they are the last ones.</returns>
    internal virtual bool TryFindEnd(in ReadOnlySequence<byte> unread, out long count, out int delimiter) => throw new NotSupportedException();

    /// <summary>What the bytes before the end of the stream are if the end stands for a delimiter.</summary>
    /// <param name="unread">All that is left, at least one byte, without a delimiter.</param>
    internal virtual FrameScan ScanLast(in ReadOnlySequence<byte> unread) => FrameScan.Incomplete;

    /// <summary>How many bytes the writer puts before a frame of this length.</summary>
    internal virtual int OuterHeader(long length) => 0;

    /// <summary>Writes the length.</summary>
    /// <param name="header">The outer header, or the inner one: no format has both.</param>
    /// <param name="length">The length of the frame.</param>
    internal virtual void SetLength(Span<byte> header, long length)
    {
        // Formats without a length.
    }

    /// <summary>Why a frame of at most the maximum length cannot be written, or null.</summary>
    internal virtual string? Refuses(long length) => null;

    /// <summary>Why a frame with these bytes cannot be written, or null.</summary>
    internal virtual string? Refuses(ReadOnlySpan<byte> frame) => null;

    /// <summary>The same of a frame in pieces.</summary>
    internal virtual string? Refuses(in ReadOnlySequence<byte> frame) => null;
}
