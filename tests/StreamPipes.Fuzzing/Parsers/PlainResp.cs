using System.Globalization;
using System.Text;
using RedisTls;

namespace StreamPipes.Fuzzing.Parsers;

/// <summary>RESP, read in the plainest way: all bytes at once, by recursion, numbers digit by digit. Without attributes.</summary>
internal sealed class PlainResp
{
    /// <summary>As the parser has it; the protocol sets no limit.</summary>
    private const int MaxDigits = 32;

    private readonly string _text;
    private readonly RespLimits _limits;
    private int _at;
    private long _elements;
    private long _bytes;

    public PlainResp(byte[] wire, bool isCommands, RespLimits limits)
    {
        _limits = limits;
        _text = Encoding.Latin1.GetString(wire);
        try
        {
            while (_at < _text.Length)
            {
                string? item = isCommands ? Command() : Value(0);
                if (item is not null) Items.Add(item);
                _elements = _bytes = 0;
            }
        }
        catch (EndOfStreamException)
        {
            // Whole values came before.
        }
        catch (InvalidDataException)
        {
            IsWrong = true;
        }
    }

    public List<string> Items { get; } = [];

    public bool IsWrong { get; private set; }

    private string Value(int depth)
    {
        char type = Peek();
        if (!"+-:$*_#,(!=%~>".Contains(type)) throw new InvalidDataException();
        string line = Line()[1..];
        return type switch
        {
            '+' or '-' => type + Utf8(line),
            ':' => FormattableString.Invariant($":{Integer(line)}"),
            '_' when line.Length == 0 => "null",
            '#' when line is "t" or "f" => line is "t" ? "#true" : "#false",
            ',' => "," + RespNumber.Format(Double(line)),
            '(' => "(" + Big(line),
            '$' when Length(line) < 0 => "null",
            '$' => $"\"{Utf8(Bulk(Length(line)))}\"",
            '!' => "!" + Utf8(Bulk(NotNegative(line))),
            '=' => Verbatim(Bulk(NotNegative(line))),
            '*' when Length(line) < 0 => "null",
            '*' or '~' or '>' => $"{(type == '*' ? "" : type)}[{Members(Length(line), 1, type == '*', depth)}]",
            '%' => $"{{{Members(Length(line), 2, mayBeNull: false, depth)}}}",
            _ => throw new InvalidDataException(),
        };
    }

    private string Members(long count, int each, bool mayBeNull, int depth)
    {
        if (count < 0 && !mayBeNull) throw new InvalidDataException();
        _elements += Math.Max(1, count * each);
        if (_elements > _limits.MaxElements || depth == _limits.MaxDepth) throw new InvalidDataException();
        List<string> items = [];
        for (long i = 0; i < count * each; i++) items.Add(Value(depth + 1));
        return string.Join(", ", items);
    }

    private string? Command()
    {
        string line = Peek() == '*' ? Line() : Line(isLenient: true);
        if (line is not ['*', ..]) return Inline(line);
        long count = Integer(line[1..]);
        if (count > _limits.MaxElements) throw new InvalidDataException();
        List<string> words = [];
        for (long i = 0; i < count; i++)
        {
            if (Peek() != '$') throw new InvalidDataException();
            words.Add(Bulk(NotNegative(Line()[1..])));
        }

        return words.Count > 0 ? string.Join('|', words) : null;
    }

    private static string? Inline(string line)
    {
        string[] words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Any(word => word.Any(c => c is < ' ' or > '~'))) throw new InvalidDataException();
        return words.Length > 0 ? string.Join('|', words) : null;
    }

    private char Peek() => _at < _text.Length ? _text[_at] : throw new EndOfStreamException();

    private string Line(bool isLenient = false)
    {
        int end = _text.IndexOf('\n', _at);

        // The CR belongs to the end of the line, not to its length.
        if ((end < 0 ? _text.Length : end) - _at > _limits.MaxLineLength + 1) throw new InvalidDataException();
        if (end < 0) throw new EndOfStreamException();
        string line = _text[_at..end];
        _at = end + 1;
        if (line.EndsWith('\r')) return line[..^1];
        return isLenient ? line : throw new InvalidDataException();
    }

    private string Bulk(long length)
    {
        _bytes += length;
        if (_bytes > _limits.MaxBytes) throw new InvalidDataException();
        if (_at + length + 2 > _text.Length) throw new EndOfStreamException();
        string bytes = _text.Substring(_at, (int)length);
        _at += (int)length + 2;
        return _text.AsSpan(_at - 2, 2) is "\r\n" ? bytes : throw new InvalidDataException();
    }

    private static string Verbatim(string bytes) => bytes is [_, _, _, ':', ..] ? $"={bytes[..3]}:{Utf8(bytes[4..])}" : throw new InvalidDataException();

    private static long NotNegative(string line) => Integer(line) is >= 0 and <= int.MaxValue and long length ? length : throw new InvalidDataException();

    private static long Length(string line) => Integer(line) is >= -1 and <= int.MaxValue and long length ? length : throw new InvalidDataException();

    private static long Integer(string text) => text.Length <= MaxDigits && IsSigned(text) && long.TryParse(text, CultureInfo.InvariantCulture, out long value) ? value : throw new InvalidDataException();

    private static string Big(string text) =>
        IsSigned(text) ? System.Numerics.BigInteger.Parse(text, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture) : throw new InvalidDataException();

    private static double Double(string text) => text switch
    {
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        "nan" => double.NaN,
        _ when text.Length > 0 && text.All("+-.0123456789eE".Contains) && double.TryParse(text, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) => value,
        _ => throw new InvalidDataException(),
    };

    private static bool IsSigned(string text) => text is not ("" or "+" or "-") && text[(text[0] is '+' or '-' ? 1 : 0)..].All(char.IsAsciiDigit);

    private static string Utf8(string latin1) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(latin1));
}
