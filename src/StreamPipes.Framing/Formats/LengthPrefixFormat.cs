using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace StreamPipes.Framing.Formats;

/// <summary>A length of fixed size, somewhere in a header of fixed size.</summary>
internal sealed class LengthPrefixFormat : PrefixFormat
{
    public const int LargestHeader = MostOffset + sizeof(ulong);

    /// <summary>A header is looked at as a whole, and kept on the stack for that.</summary>
    private const int MostOffset = 240;

    private readonly int _size;
    private readonly int _offset;
    private readonly bool _isLittleEndian;

    /// <summary>The header, from its first byte to the end of the prefix.</summary>
    private readonly int _header;

    /// <summary>What of the header belongs to the frame: all of it or nothing.</summary>
    private readonly int _included;

    /// <summary>What to add to the value to get the bytes that follow the prefix.</summary>
    private readonly long _adjustment;

    public LengthPrefixFormat(LengthPrefixOptions options, int maximumLength)
        : base(maximumLength)
    {
        _size = options.Size is 1 or 2 or 4 or 8 ? options.Size : throw Refused(nameof(LengthPrefixOptions.Size), options.Size, "A prefix has 1, 2, 4 or 8 bytes.");
        _offset = options.Offset is >= 0 and <= MostOffset ? options.Offset : throw Refused(nameof(LengthPrefixOptions.Offset), options.Offset, "An offset is 0 to 240 bytes.");
        if (_offset > 0 && !options.IncludesHeader) throw new ArgumentException($"The {_offset} bytes before the prefix would be lost: set {nameof(LengthPrefixOptions.IncludesHeader)}.", nameof(options));
        _isLittleEndian = options.IsLittleEndian;
        _header = _offset + _size;
        _included = options.IncludesHeader ? _header : 0;
        if (maximumLength < _included) throw Refused(nameof(maximumLength), maximumLength, $"A frame of this format begins with its header of {_included} bytes.");
        _adjustment = options.IsInclusive ? (long)options.Adjustment - _header : options.Adjustment;
        ulong most = _size == sizeof(ulong) ? ulong.MaxValue : (1UL << (8 * _size)) - 1;
        long largest = ValueOf(maximumLength);
        if (largest > 0 && (ulong)largest > most) throw Refused(nameof(maximumLength), maximumLength, $"A prefix of {_size} bytes cannot express it: at most {most}.");
    }

    internal override int InnerHeader => _included;

    protected override int LongestHeader => _header;

    internal override bool TryFind(ReadOnlySpan<byte> unread, long scanned, out FrameExtent extent)
    {
        if (unread.Length >= _header)
        {
            ulong value = ReadValue(unread);
            long following = (long)value + _adjustment;

            // The second comparison is for what is negative too.
            if (value <= MostFollowing && (ulong)following <= (ulong)(MaximumLength - _included) && following <= unread.Length - _header)
            {
                extent = new FrameExtent(_header - _included, _included + (int)following, _header + (int)following);
                return true;
            }
        }

        extent = default;
        return false;
    }

    internal override int OuterHeader(long length) => _header - _included;

    internal override void SetLength(Span<byte> header, long length)
    {
        ulong value = (ulong)ValueOf(length);
        Span<byte> prefix = header.Slice(_offset, _size);
        for (int i = 0; i < _size; i++)
        {
            prefix[_isLittleEndian ? i : _size - 1 - i] = (byte)value;
            value >>= 8;
        }
    }

    internal override string? Refuses(long length) => length < _included
        ? $"A frame of this format begins with its header of {_included} bytes; this one has {length}."
        : ValueOf(length) < 0 ? $"The prefix of a frame of {length} bytes would be negative." : null;

    protected override FrameScan ReadHeader(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < _header) return FrameScan.Incomplete;
        ulong value = ReadValue(bytes);
        if (value > MostFollowing) return FrameScan.Malformed($"its prefix announces {value} bytes");
        long following = (long)value + _adjustment;
        if (following < 0) return FrameScan.Malformed($"its prefix announces {value}, which is less than what it counts itself");
        return following > MaximumLength - _included
            ? FrameScan.TooLong(_included + following, _header + following)
            : FrameScan.Found(_header - _included, _included + following, _header + following);
    }

    protected override string Describe() => $"a {(_isLittleEndian ? "little" : "big")}-endian length of {_size} {(_size == 1 ? "byte" : "bytes")}";

    private static ArgumentOutOfRangeException Refused(string name, int value, string why) => new(name, value, why);

    private long ValueOf(long length) => length - _included - _adjustment;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong ReadValue(ReadOnlySpan<byte> unread)
    {
        ReadOnlySpan<byte> prefix = unread.Slice(_offset);
        return _size switch
        {
            4 => _isLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(prefix) : BinaryPrimitives.ReadUInt32BigEndian(prefix),
            2 => _isLittleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(prefix) : BinaryPrimitives.ReadUInt16BigEndian(prefix),
            1 => prefix[0],
            _ => _isLittleEndian ? BinaryPrimitives.ReadUInt64LittleEndian(prefix) : BinaryPrimitives.ReadUInt64BigEndian(prefix),
        };
    }
}
