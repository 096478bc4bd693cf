using System.Text;

namespace RedisTls;

/// <summary>The three letters before the text of a verbatim string, packed into a number.</summary>
internal static class VerbatimFormat
{
    public const int Length = 3;

    public static long ToInteger(string format) => (format[0] << 16) | (format[1] << 8) | format[2];

    public static string FromInteger(long packed) =>
        new([(char)(packed >> 16), (char)((packed >> 8) & 0xff), (char)(packed & 0xff)]);

    /// <summary>Splits <c>txt:text</c>.</summary>
    public static (string Format, byte[] Text) Split(byte[] bytes)
    {
        if (bytes.Length <= Length || bytes[Length] != (byte)':')
            throw new ProtocolException("A verbatim string does not begin with three letters and a colon.");
        return (Encoding.Latin1.GetString(bytes, 0, Length), bytes[(Length + 1)..]);
    }
}
