using System.Text;

namespace RedisTls;

/// <summary>One word of a command: text, a number or bytes. Text is encoded straight into the pipe, bytes are copied there and nowhere else.</summary>
internal readonly struct RespArgument
{
    private readonly string? _text;
    private readonly ReadOnlyMemory<byte> _bytes;

    private RespArgument(string text)
    {
        _text = text;
        Length = Encoding.UTF8.GetByteCount(text);
    }

    private RespArgument(ReadOnlyMemory<byte> bytes)
    {
        _bytes = bytes;
        Length = bytes.Length;
    }

    /// <summary>How many bytes it takes on the wire.</summary>
    public int Length { get; }

    public static implicit operator RespArgument(string text) => new(text);

    public static implicit operator RespArgument(byte[] bytes) => new(bytes.AsMemory());

    public static implicit operator RespArgument(ReadOnlyMemory<byte> bytes) => new(bytes);

    public static implicit operator RespArgument(long number) => new(number.ToString(System.Globalization.CultureInfo.InvariantCulture));

    public void CopyTo(Span<byte> target)
    {
        if (_text is null) _bytes.Span.CopyTo(target);
        else Encoding.UTF8.GetBytes(_text, target);
    }

    /// <summary>The bytes themselves, for values too large to be copied in one go.</summary>
    public ReadOnlyMemory<byte> ToMemory() => _text is null ? _bytes : Encoding.UTF8.GetBytes(_text);
}
