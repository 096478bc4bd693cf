using StreamPipes.Framing;

namespace StreamPipes.Fuzzing.Frames;

/// <summary>A format that the fuzzer has chosen, and its oracle.</summary>
internal sealed record FormatChoice(FrameFormat Format, FrameOracle Oracle)
{
    /// <returns>The next one; null for options that the format refuses.</returns>
    public static FormatChoice? From(FuzzBytes bytes)
    {
        int kind = bytes.Next() % 8;
        int maximum = Maximum(bytes.Next());
        return kind switch
        {
            0 or 1 => Prefix(bytes, maximum),
            2 => new FormatChoice(FrameFormat.VarintPrefix(maximum), new VarintOracle(isSpop: false) { Maximum = maximum }),
            3 => new FormatChoice(FrameFormat.SpopVarintPrefix(maximum), new VarintOracle(isSpop: true) { Maximum = maximum }),
            4 => new FormatChoice(FrameFormat.Lines(maximum), new DelimiterOracle([(byte)'\n'], isLine: true) { Maximum = maximum }),
            5 => new FormatChoice(FrameFormat.CrLfLines(maximum), new DelimiterOracle("\r\n"u8.ToArray(), isLine: false) { Maximum = maximum }),
            6 => Delimiter(bytes, maximum),
            _ => new FormatChoice(FrameFormat.FixedSize(maximum), new FixedOracle { Maximum = maximum }),
        };
    }

    private static int Maximum(byte value) => value switch { < 200 => 1 + value, < 255 => (value - 199) * 300, _ => int.MaxValue };

    private static FormatChoice? Prefix(FuzzBytes bytes, int maximum)
    {
        byte flags = bytes.Next();
        byte offset = bytes.Next();
        sbyte adjustment = (sbyte)bytes.Next();
        LengthPrefixOptions options = new()
        {
            Size = 1 << (flags & 3),
            IsLittleEndian = (flags & 4) != 0,
            IsInclusive = (flags & 8) != 0,
            IncludesHeader = (flags & 16) != 0,
            Offset = (flags & 32) != 0 ? offset : 0,
            Adjustment = (flags & 64) != 0 ? adjustment << 24 : adjustment,
        };
        try
        {
            return new FormatChoice(FrameFormat.LengthPrefix(options, maximum), new PrefixOracle(options) { Maximum = maximum });
        }
        catch (ArgumentException)
        {
            // Options that make no sense together, or a maximum that the prefix cannot express.
            return null;
        }
    }

    private static FormatChoice Delimiter(FuzzBytes bytes, int maximum)
    {
        byte choice = bytes.Next();
        byte[] delimiter = (choice % 4) switch
        {
            0 => [bytes.Next()],
            1 => [bytes.Next(), bytes.Next()],
            2 => [.. Enumerable.Repeat(bytes.Next(), 2 + (choice % 5))],
            _ => "aba"u8.ToArray(),
        };
        return new FormatChoice(FrameFormat.Delimiter(delimiter, maximum), new DelimiterOracle(delimiter, isLine: false) { Maximum = maximum });
    }
}
