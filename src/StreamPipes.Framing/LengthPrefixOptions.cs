namespace StreamPipes.Framing;

/// <summary>
/// How a length prefix is written: <see cref="FrameFormat.LengthPrefix(LengthPrefixOptions, int)"/>. The format copies them, so one instance may be changed
/// and used for another format.
/// </summary>
/// <remarks>
/// The bytes after the prefix are <c>value + Adjustment</c>, and if the prefix <see cref="IsInclusive"/>, less <c>Offset + Size</c>. Some known protocols:
/// <list type="bullet">
/// <item><description>TPKT (RFC 1006; version, reserved, two bytes of length that count everything): <c>Size = 2, Offset = 2, IsInclusive = true, IncludesHeader = true</c></description></item>
/// <item><description>PostgreSQL (a type, four bytes of length that count themselves but not the type): <c>Size = 4, Offset = 1, Adjustment = -4, IncludesHeader = true</c></description></item>
/// <item><description>DNS over TCP (RFC 1035; two bytes): <c>Size = 2</c></description></item>
/// </list>
/// </remarks>
public sealed class LengthPrefixOptions
{
    /// <summary>The size of the prefix in bytes: 1, 2, 4 or 8. Default 4.</summary>
    public int Size { get; set; } = 4;

    /// <summary>Whether the byte of least weight comes first. Default <see langword="false"/>: network order.</summary>
    public bool IsLittleEndian { get; set; }

    /// <summary>
    /// How many bytes of the header come before the prefix. Default 0; at most 240. With more than 0, <see cref="IncludesHeader"/> must be set, since those
    /// bytes would be lost otherwise.
    /// </summary>
    public int Offset { get; set; }

    /// <summary>
    /// What to add to the value of the prefix to get the number of bytes that follow it. Default 0. Positive where the prefix does not count a part that
    /// follows it, negative where it counts something before its end.
    /// </summary>
    public int Adjustment { get; set; }

    /// <summary>Whether the value counts the header too: the <see cref="Offset"/> bytes before the prefix, and the prefix. Default <see langword="false"/>.</summary>
    public bool IsInclusive { get; set; }

    /// <summary>
    /// Whether a frame begins with its header, from its first byte to the end of the prefix. Default <see langword="false"/>: a frame is what follows the
    /// prefix. With <see langword="true"/> a writer expects the header in the frame too, and sets the prefix in it, whatever its bytes were.
    /// </summary>
    public bool IncludesHeader { get; set; }
}
