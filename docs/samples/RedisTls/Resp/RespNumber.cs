using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace RedisTls;

/// <summary>Numbers as RESP writes them.</summary>
internal static class RespNumber
{
    private const int MaxDigits = 32;
    private const NumberStyles Decimal = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    public static bool TryParse(in ReadOnlySequence<byte> text, out long value)
    {
        value = 0;
        if (text.Length > MaxDigits) return false;
        if (text.IsSingleSegment) return TryParse(text.FirstSpan, out value);
        Span<byte> joined = stackalloc byte[MaxDigits];
        text.CopyTo(joined);
        return TryParse(joined[..(int)text.Length], out value);
    }

    public static bool TryParse(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        return !EndsWithNul(text) && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    public static double ParseDouble(in ReadOnlySequence<byte> text)
    {
        string number = Encoding.UTF8.GetString(text);
        return number switch
        {
            "inf" => double.PositiveInfinity,
            "-inf" => double.NegativeInfinity,
            "nan" => double.NaN,
            _ => !number.EndsWith('\0') && double.TryParse(number, Decimal, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
                ? value
                : throw new ProtocolException($"'{Excerpt.Of(text)}' is no double."),
        };
    }

    public static BigInteger ParseBig(in ReadOnlySequence<byte> text)
    {
        string number = Encoding.UTF8.GetString(text);
        return !number.EndsWith('\0') && BigInteger.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger value)
            ? value
            : throw new ProtocolException($"'{Excerpt.Of(text)}' is no big number.");
    }

    /// <summary>The framework passes over NULs behind a number. Where another parser of the same bytes does not, the two disagree on where a value ends.</summary>
    private static bool EndsWithNul(ReadOnlySpan<byte> text) => text is [.., 0];

    public static string Format(double value) => value switch
    {
        double.PositiveInfinity => "inf",
        double.NegativeInfinity => "-inf",
        double.NaN => "nan",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };
}
