using System.Buffers.Binary;
using System.Net;

namespace StreamPipes.ProxyProtocol;

/// <summary>Version 2: 16 bytes, then as many as they say: two addresses, and values that each have a type and a length.</summary>
internal static class BinaryHeader
{
    public const int PrefixLength = 16;
    public const int MaximumLength = PrefixLength + ushort.MaxValue;
    public const byte ChecksumType = 0x03;
    private const byte PaddingType = 0x04;
    private const int TlvPrefixLength = 3;
    private const int ChecksumLength = 4;

    public static ReadOnlySpan<byte> Signature => [0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];

    /// <summary>How many bytes a header has of which the prefix is there; -1 if it is not yet.</summary>
    public static int LengthOf(ReadOnlySpan<byte> bytes) => bytes.Length < PrefixLength ? -1 : PrefixLength + BinaryPrimitives.ReadUInt16BigEndian(bytes.Slice(14));

    public static bool TryRead(ReadOnlySpan<byte> bytes, out ProxyFields? fields, out int length)
    {
        fields = null;
        ProxyFields.CheckStart(bytes, Signature);
        bool isLocal = false;
        if (bytes.Length > 12) isLocal = IsLocal(bytes[12]);
        int addresses = bytes.Length > 13 && !isLocal ? AddressesLengthOf(bytes[13]) : 0;
        length = LengthOf(bytes);
        if (length >= 0 && length - PrefixLength < addresses)
            throw ProxyFields.Malformed(14, $"the length is {length - PrefixLength}, and the addresses alone take {addresses} bytes");
        if (length < 0 || bytes.Length < length) return false;
        ReadOnlySpan<byte> header = bytes.Slice(0, length);
        fields = isLocal ? new ProxyFields(2, ProxyFamily.Local) : Parse(header, addresses);
        return true;
    }

    public static byte[] Write(ProxyFields fields)
    {
        using MemoryStream body = new();
        if (fields.HasAddresses) WriteAddresses(body, fields);
        int checksumAt = -1;
        foreach (KeyValuePair<byte, ReadOnlyMemory<byte>> tlv in fields.Tlvs)
        {
            byte[] value = tlv.Key == ChecksumType ? new byte[ChecksumLength] : tlv.Value.ToArray();
            if (tlv.Key == ChecksumType) checksumAt = PrefixLength + (int)body.Length + TlvPrefixLength;
            body.WriteByte(tlv.Key);
            body.WriteByte((byte)(value.Length >> 8));
            body.WriteByte((byte)value.Length);
            body.Write(value, 0, value.Length);
        }

        byte[] header = [.. Signature, (byte)(fields.Family == ProxyFamily.Local ? 0x20 : 0x21), (byte)(fields.Family == ProxyFamily.Local ? 0 : (byte)fields.Family), (byte)(body.Length >> 8), (byte)body.Length, .. body.ToArray()];
        if (checksumAt >= 0) BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(checksumAt), Crc32C.Of(header));
        return header;
    }

    private static bool IsLocal(byte value) => value switch
    {
        0x20 => true,
        0x21 => false,
        _ when value >> 4 != 2 => throw ProxyFields.Malformed(12, $"the version is {value >> 4}, and this signature has version 2 alone"),
        _ => throw ProxyFields.Malformed(12, $"the command is {value & 0xF}, and there are 0 (LOCAL) and 1 (PROXY)"),
    };

    private static int AddressesLengthOf(byte value) => value switch
    {
        // The transport, in the lower half, is the client's, and none of the receiver's business.
        0x00 => 0,
        0x11 or 0x12 => 12,
        0x21 or 0x22 => 36,
        0x31 or 0x32 => 2 * UnixAddress.Length,
        _ => throw ProxyFields.Malformed(13, $"0x{value:X2} is no address family and transport"),
    };

    private static ProxyFields Parse(ReadOnlySpan<byte> header, int addresses)
    {
        ReadOnlySpan<byte> body = header.Slice(PrefixLength);

        // How long the addresses of an unknown family are is not known, so what is behind them is not, either.
        if (addresses == 0) return new ProxyFields(2, ProxyFamily.Unknown);
        KeyValuePair<byte, ReadOnlyMemory<byte>>[] tlvs = ParseTlvs(header, PrefixLength + addresses);
        if (addresses == 2 * UnixAddress.Length)
            return new ProxyFields(2, ProxyFamily.Unix, UnixAddress.Read(body.Slice(0, UnixAddress.Length)), UnixAddress.Read(body.Slice(UnixAddress.Length, UnixAddress.Length)), tlvs);
        int size = (addresses - 4) / 2;
        return new ProxyFields(
            2,
            size == 4 ? ProxyFamily.IPv4 : ProxyFamily.IPv6,
            new IPEndPoint(new IPAddress(body.Slice(0, size).ToArray()), BinaryPrimitives.ReadUInt16BigEndian(body.Slice(2 * size))),
            new IPEndPoint(new IPAddress(body.Slice(size, size).ToArray()), BinaryPrimitives.ReadUInt16BigEndian(body.Slice((2 * size) + 2))),
            tlvs);
    }

    private static KeyValuePair<byte, ReadOnlyMemory<byte>>[] ParseTlvs(ReadOnlySpan<byte> header, int position)
    {
        List<KeyValuePair<byte, ReadOnlyMemory<byte>>> tlvs = [];
        while (position < header.Length)
        {
            int left = header.Length - position - TlvPrefixLength;
            int length = left < 0 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(header.Slice(position + 1));
            if (length > left) throw ProxyFields.Malformed(position, "a value of the header reaches beyond its end");
            byte type = header[position];
            int valueAt = position + TlvPrefixLength;
            if (type == ChecksumType) Verify(header, valueAt, length);
            if (type != PaddingType) tlvs.Add(new(type, header.Slice(valueAt, length).ToArray()));
            position = valueAt + length;
        }

        return [.. tlvs];
    }

    private static void Verify(ReadOnlySpan<byte> header, int position, int length)
    {
        if (length != ChecksumLength) throw ProxyFields.Malformed(position, $"a checksum has {ChecksumLength} bytes, and this one has {length}");
        byte[] cleared = header.ToArray();
        cleared.AsSpan(position, length).Clear();
        uint found = BinaryPrimitives.ReadUInt32BigEndian(header.Slice(position));
        uint computed = Crc32C.Of(cleared);
        if (found != computed) throw ProxyFields.Malformed(position, $"the checksum is 0x{found:X8}, and that of the header's bytes is 0x{computed:X8}");
    }

    private static void WriteAddresses(MemoryStream body, ProxyFields fields)
    {
        if (fields.Family == ProxyFamily.Unix)
        {
            UnixAddress.Write(body, fields.Source);
            UnixAddress.Write(body, fields.Destination);
            return;
        }

        (IPEndPoint source, IPEndPoint destination) = ((IPEndPoint)fields.Source!, (IPEndPoint)fields.Destination!);
        byte[] bytes =
        [
            .. source.Address.GetAddressBytes(), .. destination.Address.GetAddressBytes(),
            (byte)(source.Port >> 8), (byte)source.Port, (byte)(destination.Port >> 8), (byte)destination.Port,
        ];
        body.Write(bytes, 0, bytes.Length);
    }
}
