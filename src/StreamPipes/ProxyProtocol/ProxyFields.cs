using System.Net;

namespace StreamPipes.ProxyProtocol;

/// <summary>What a header holds, in whichever version it is written.</summary>
internal sealed class ProxyFields
{
    public ProxyFields(int version, ProxyFamily family, EndPoint? source = null, EndPoint? destination = null, KeyValuePair<byte, ReadOnlyMemory<byte>>[]? tlvs = null)
    {
        Version = version;
        Family = family;
        Source = source;
        Destination = destination;
        Tlvs = tlvs ?? [];
    }

    public int Version { get; }

    public ProxyFamily Family { get; }

    public EndPoint? Source { get; }

    public EndPoint? Destination { get; }

    public KeyValuePair<byte, ReadOnlyMemory<byte>>[] Tlvs { get; }

    /// <summary>Whether the connection has the header's addresses, and not those of its socket.</summary>
    public bool HasAddresses => Family is not (ProxyFamily.Unknown or ProxyFamily.Local);

    /// <summary>Reads a header off the front of some bytes.</summary>
    /// <returns>Whether all of it is there.</returns>
    /// <exception cref="InvalidDataException">Whatever follows, it is no header.</exception>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out ProxyFields? fields, out int length)
    {
        if (!bytes.IsEmpty) return bytes[0] == BinaryHeader.Signature[0] ? BinaryHeader.TryRead(bytes, out fields, out length) : TextHeader.TryRead(bytes, out fields, out length);
        fields = null;
        length = 0;
        return false;
    }

    public byte[] ToArray() => Version == 1 ? TextHeader.Write(this) : BinaryHeader.Write(this);

    /// <summary>The start of a header, as far as it is there.</summary>
    internal static void CheckStart(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> start)
    {
        for (int i = 0; i < start.Length && i < bytes.Length; i++)
        {
            if (bytes[i] != start[i])
            {
                throw new InvalidDataException(
                    $"There is no PROXY header: byte {i} is 0x{bytes[i]:X2}, which begins neither version 1 nor version 2. A proxy has to be told to send the header; a client that sends none needs a listener that expects none.");
            }
        }
    }

    internal static InvalidDataException Malformed(int position, string found) => new($"The PROXY header is malformed at byte {position}: {found}.");
}
