using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace RedisTls;

/// <summary>Numbers as RESP writes them.</summary>
internal static class RespNumber
{
    private const int MaxDigits = 32;

    public static bool TryParse(in ReadOnlySequence<byte> text, out long value)
    {
        value = 0;
        if (text.Length > MaxDigits) return false;
        if (text.IsSingleSegment) return TryParse(text.FirstSpan, out value);
        Span<byte> joined = stackalloc byte[MaxDigits];
        text.CopyTo(joined);
        return TryParse(joined[..(int)text.Length], out value);
    }

    public static bool TryParse(ReadOnlySpan<byte> text, out long value) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    public static double ParseDouble(in ReadOnlySequence<byte> text)
    {
        string number = Encoding.UTF8.GetString(text);
        return number switch
        {
            "inf" => double.PositiveInfinity,
            "-inf" => double.NegativeInfinity,
            "nan" => double.NaN,
            _ => double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
                ? value
                : throw new ProtocolException($"'{Excerpt.Of(text)}' is no double."),
        };
    }

    public static BigInteger ParseBig(in ReadOnlySequence<byte> text) =>
        BigInteger.TryParse(Encoding.UTF8.GetString(text), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger value)
            ? value
            : throw new ProtocolException($"'{Excerpt.Of(text)}' is no big number.");

    public static string Format(double value) => value switch
    {
        double.PositiveInfinity => "inf",
        double.NegativeInfinity => "-inf",
        double.NaN => "nan",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };
}
