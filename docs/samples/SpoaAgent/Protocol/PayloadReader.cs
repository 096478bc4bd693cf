using System.Buffers;

namespace SpoaAgent;

/// <summary>Reads what payloads are made of. A payload is whole, so that one which ends too early is an error.</summary>
internal ref struct PayloadReader(ReadOnlySequence<byte> payload)
{
    private const byte TypeBits = 0x0F;
    private const byte TrueFlag = 0x10;

    private SequenceReader<byte> _reader = new(payload);

    public readonly bool IsAtEnd => _reader.End;

    public byte ReadByte() => _reader.TryRead(out byte value) ? value : throw TooShort();

    public ulong ReadVarint() => Varint.TryRead(ref _reader, out ulong value) ? value : throw TooShort();

    /// <summary>A name: its length, then its bytes, which stay where they are.</summary>
    public ReadOnlySequence<byte> ReadName() => ReadBytes(ReadVarint());

    public SpopValue ReadValue()
    {
        byte head = ReadByte();
        SpopType type = (SpopType)(head & TypeBits);
        return type switch
        {
            SpopType.Null => default,
            SpopType.Boolean => new SpopValue(type, (head & TrueFlag) != 0 ? 1 : 0, default),
            SpopType.Int32 => new SpopValue(type, unchecked((int)ReadVarint()), default),
            SpopType.UInt32 => new SpopValue(type, unchecked((uint)ReadVarint()), default),
            SpopType.Int64 or SpopType.UInt64 => new SpopValue(type, unchecked((long)ReadVarint()), default),
            SpopType.IPv4 => new SpopValue(type, 0, ReadBytes(4)),
            SpopType.IPv6 => new SpopValue(type, 0, ReadBytes(16)),
            SpopType.String or SpopType.Binary => new SpopValue(type, 0, ReadName()),
            _ => throw new SpopException(SpopStatus.InvalidFrame, $"there is no type {head & TypeBits}"),
        };
    }

    private ReadOnlySequence<byte> ReadBytes(ulong length)
    {
        if (length > (ulong)_reader.Remaining) throw TooShort();
        ReadOnlySequence<byte> bytes = _reader.UnreadSequence.Slice(0, (long)length);
        _reader.Advance((long)length);
        return bytes;
    }

    private static SpopException TooShort() => new(SpopStatus.InvalidFrame, "a payload ends in the middle of a value");
}
