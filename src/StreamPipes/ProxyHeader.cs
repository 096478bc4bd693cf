using System.Buffers;
using System.Net;
using System.Net.Sockets;
using StreamPipes.ProxyProtocol;

namespace StreamPipes;

/// <summary>
/// A header of HAProxy's PROXY protocol, version 1 or 2: with it a proxy says, before anything else, for which client it has connected.
/// </summary>
/// <remarks>
/// <para><b>Receiving.</b> <see cref="PipeListenerOptions.ProxyProtocol"/> reads it, and <see cref="PipeConnection.ProxyHeader"/> returns it. <see cref="TryRead"/> is the parser by itself.</para>
/// <para><b>Sending.</b> <see cref="PipeConnectionOptions.ProxyHeader"/>, or the bytes of <see cref="ToArray"/>.</para>
/// <para><b>Concurrency.</b> It does not change, and may be used from any thread.</para>
/// <para><b>Security.</b> Anyone who can connect can send one. What it says is as trustworthy as the peer (<see cref="PipeListenerOptions.IsTrustedProxy"/>).</para>
/// </remarks>
public sealed class ProxyHeader
{
    private readonly ProxyFields _fields;

    /// <summary>Makes a header of version 2.</summary>
    /// <param name="source">The client's address. IPv4, IPv6 or a Unix-domain end point; <see langword="null"/> if the client has none.</param>
    /// <param name="destination">The address to which the client has connected, of the same kind; <see langword="null"/> if there is none.</param>
    /// <exception cref="ArgumentException">An address is of another kind, or the two do not go together.</exception>
    public ProxyHeader(EndPoint? source, EndPoint? destination)
        : this(source, destination, version: 2)
    {
    }

    /// <summary>Makes a header of a version.</summary>
    /// <param name="source">The client's address: IPv4, IPv6 or, in version 2, a Unix-domain end point; <see langword="null"/> if the client has none.</param>
    /// <param name="destination">The address to which the client has connected, of the same kind; <see langword="null"/> if there is none.</param>
    /// <param name="version">1, a line of text, or 2.</param>
    /// <exception cref="ArgumentException">An address is of another kind, or the two do not go together.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such version.</exception>
    public ProxyHeader(EndPoint? source, EndPoint? destination, int version)
        : this(FieldsOf(source, destination, version, []))
    {
    }

    /// <summary>Makes a header of version 2 with further values.</summary>
    /// <param name="source">The client's address. IPv4, IPv6 or a Unix-domain end point.</param>
    /// <param name="destination">The address to which the client has connected, of the same kind.</param>
    /// <param name="tlvs">
    /// Types and values, which are copied. The value of type 0x03, the checksum (CRC32C), is calculated, whatever is given.
    /// </param>
    /// <exception cref="ArgumentNullException"><paramref name="tlvs"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">
    /// An address is of another kind, the two do not go together, there are values without an address, two checksums, or more than 65,535 bytes.
    /// </exception>
    public ProxyHeader(EndPoint? source, EndPoint? destination, IEnumerable<KeyValuePair<byte, ReadOnlyMemory<byte>>> tlvs)
        : this(FieldsOf(source, destination, version: 2, [.. (tlvs ?? throw new ArgumentNullException(nameof(tlvs))).Select(tlv => new KeyValuePair<byte, ReadOnlyMemory<byte>>(tlv.Key, tlv.Value.ToArray()))]))
    {
    }

    private ProxyHeader(ProxyFields fields) => _fields = fields;

    /// <summary>A header of version 2 that says the connection is the proxy's own, for a health check for example. The receiver keeps the addresses of the socket.</summary>
    public static ProxyHeader Local { get; } = new(new ProxyFields(2, ProxyFamily.Local));

    /// <summary>1 or 2.</summary>
    public int Version => _fields.Version;

    /// <summary>Whether the connection is the proxy's own (the command LOCAL of version 2).</summary>
    public bool IsLocal => _fields.Family == ProxyFamily.Local;

    /// <summary>
    /// The client's address; <see langword="null"/> if the header has none: LOCAL, UNKNOWN, an unspecified family, a Unix-domain client without a name.
    /// </summary>
    public EndPoint? Source => _fields.Source;

    /// <summary>The address to which the client has connected; <see langword="null"/> as for <see cref="Source"/>.</summary>
    public EndPoint? Destination => _fields.Destination;

    /// <summary>
    /// The further values of version 2, by type, in the order of the header: 0x01 the protocol (ALPN), 0x02 the server name that the client asked for, 0x20 its TLS session, and whatever
    /// else the specification or the proxy defines. A checksum among them has been verified.
    /// </summary>
    public IReadOnlyList<KeyValuePair<byte, ReadOnlyMemory<byte>>> Tlvs => _fields.Tlvs;

    /// <summary>Whether the connection has the addresses of the header, and not those of its socket.</summary>
    internal bool HasAddresses => _fields.HasAddresses;

    /// <summary>Reads a header, of either version, off the front of what has been received.</summary>
    /// <param name="buffer">What has been received. If a header is returned, what follows it; otherwise unchanged.</param>
    /// <param name="header">The header; <see langword="null"/> if it is not complete yet.</param>
    /// <returns>Whether the header is complete. If not, call again with the same bytes and more: at most 107 of version 1, 65,551 of version 2.</returns>
    /// <exception cref="InvalidDataException">The bytes are no header, whatever follows. The message has the position.</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, out ProxyHeader? header)
    {
        header = null;
        if (!TryReadFields(buffer, out ProxyFields? fields, out int length)) return false;
        buffer = buffer.Slice(length);
        header = new ProxyHeader(fields!);
        return true;
    }

    /// <summary>Finds the first of the <see cref="Tlvs"/> of a type.</summary>
    /// <param name="type">The type.</param>
    /// <param name="value">Its value; empty if there is none.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryGetTlv(byte type, out ReadOnlyMemory<byte> value)
    {
        foreach (KeyValuePair<byte, ReadOnlyMemory<byte>> tlv in _fields.Tlvs)
        {
            if (tlv.Key != type) continue;
            value = tlv.Value;
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>The header as it is sent.</summary>
    /// <returns>Bytes of the caller's own.</returns>
    public byte[] ToArray() => _fields.ToArray();

    /// <summary>The version and the addresses, for logs. The wording may change.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => $"PROXY v{Version} {(IsLocal ? "LOCAL" : HasAddresses ? $"{Source?.ToString() ?? "unnamed"} to {Destination?.ToString() ?? "unnamed"}" : "UNKNOWN")}";

    /// <summary>For a listener.</summary>
    internal static bool TryReadFront(ReadOnlySpan<byte> bytes, out ProxyHeader? header, out int length)
    {
        bool isWhole = ProxyFields.TryRead(bytes, out ProxyFields? fields, out length);
        header = isWhole ? new ProxyHeader(fields!) : null;
        return isWhole;
    }

    /// <summary>What is in one piece is not copied, and what is not is copied when it is whole, or so short that it may be.</summary>
    private static bool TryReadFields(in ReadOnlySequence<byte> buffer, out ProxyFields? fields, out int length)
    {
        if (buffer.IsSingleSegment) return ProxyFields.TryRead(buffer.First.Span, out fields, out length);
        Span<byte> prefix = stackalloc byte[128];
        prefix = prefix.Slice(0, (int)Math.Min(buffer.Length, prefix.Length));
        buffer.Slice(0, prefix.Length).CopyTo(prefix);
        if (ProxyFields.TryRead(prefix, out fields, out length) || length > buffer.Length || prefix.Length == buffer.Length) return fields is not null;
        return ProxyFields.TryRead(buffer.Slice(0, length).ToArray(), out fields, out length);
    }

    private static ProxyFields FieldsOf(EndPoint? source, EndPoint? destination, int version, KeyValuePair<byte, ReadOnlyMemory<byte>>[] tlvs)
    {
        if (version is not (1 or 2)) throw new ArgumentOutOfRangeException(nameof(version), version, "The PROXY protocol has the versions 1 and 2.");
        if (source is null && destination is null)
        {
            if (tlvs.Length > 0) throw new ArgumentException("Values go with addresses: a receiver skips a header without any.", nameof(tlvs));
            return new ProxyFields(version, ProxyFamily.Unknown);
        }

        if (tlvs.Count(tlv => tlv.Key == BinaryHeader.ChecksumType) > 1) throw new ArgumentException("A header has one checksum.", nameof(tlvs));
        ProxyFields fields = source is IPEndPoint from && destination is IPEndPoint to ? IPFieldsOf(from, to, version, tlvs)
            : IsUnixOrNone(source) && IsUnixOrNone(destination) && version == 2 ? new ProxyFields(version, ProxyFamily.Unix, source, destination, tlvs)
            : throw new ArgumentException($"A PROXY header has two IP addresses or, in version 2, two Unix-domain end points. These are {source?.ToString() ?? "none"} and {destination?.ToString() ?? "none"}.", nameof(source));

        if (fields.ToArray().Length > BinaryHeader.MaximumLength)
            throw new ArgumentException($"The addresses and values of a PROXY header have {ushort.MaxValue} bytes at most, and these have more.", nameof(tlvs));
        return fields;
    }

    private static bool IsUnixOrNone(EndPoint? endPoint) => endPoint is null || UnixAddress.Is(endPoint);

    /// <summary>Both of one family. A socket of both families has IPv4 addresses that are mapped to IPv6: they are sent as what they are.</summary>
    private static ProxyFields IPFieldsOf(IPEndPoint source, IPEndPoint destination, int version, KeyValuePair<byte, ReadOnlyMemory<byte>>[] tlvs)
    {
        bool isIPv4 = IsIPv4(source.Address) && IsIPv4(destination.Address);
        return new ProxyFields(version, isIPv4 ? ProxyFamily.IPv4 : ProxyFamily.IPv6, Of(source), Of(destination), tlvs);

        // A scope has no place in a header.
        IPEndPoint Of(IPEndPoint endPoint) => new(
            isIPv4 ? endPoint.Address.MapToIPv4() : new IPAddress(endPoint.Address.MapToIPv6().GetAddressBytes()), endPoint.Port);
    }

    private static bool IsIPv4(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork || address.IsIPv4MappedToIPv6;
}
