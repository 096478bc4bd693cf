using System.Buffers;
using System.Net;
using System.Text;

namespace SpoaAgent;

/// <summary>
/// A typed value inside a frame. The bytes of strings, binaries and addresses stay where they were received: they are good until the reader is
/// advanced, and no longer.
/// </summary>
internal readonly struct SpopValue(SpopType type, long number, ReadOnlySequence<byte> bytes)
{
    public SpopType Type { get; } = type;

    /// <summary>The value of the integer types, and 0 or 1 for a boolean.</summary>
    public long Number { get; } = number;

    /// <summary>The value of the other types.</summary>
    public ReadOnlySequence<byte> Bytes { get; } = bytes;

    public bool IsTrue => Type == SpopType.Boolean && Number != 0;

    public bool IsInteger => Type is SpopType.Int32 or SpopType.UInt32 or SpopType.Int64 or SpopType.UInt64;

    public bool IsAddress => Type is SpopType.IPv4 or SpopType.IPv6;

    /// <summary>A copy of the text.</summary>
    public string ToText() => Encoding.UTF8.GetString(Bytes);

    /// <summary>A copy of the address; the type must be one.</summary>
    public IPAddress ToAddress()
    {
        Span<byte> address = stackalloc byte[(int)Bytes.Length];
        Bytes.CopyTo(address);
        return new IPAddress(address);
    }
}
