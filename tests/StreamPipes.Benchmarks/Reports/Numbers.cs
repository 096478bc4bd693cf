using System.Globalization;
using StreamPipes.Benchmarks.Measuring;

namespace StreamPipes.Benchmarks.Reports;

/// <summary>Numbers as people read them.</summary>
internal static class Numbers
{
    public static string Of(double value, Unit unit) => unit switch
    {
        Unit.Nanoseconds when value >= 1e9 => $"{Rounded(value / 1e9)} s",
        Unit.Nanoseconds when value >= 1e6 => $"{Rounded(value / 1e6)} ms",
        Unit.Nanoseconds when value >= 1e3 => $"{Rounded(value / 1e3)} us",
        Unit.Nanoseconds => $"{Rounded(value)} ns",
        Unit.Bytes when Math.Abs(value) >= 1024 * 1024 => $"{Rounded(value / (1024 * 1024))} MiB",
        Unit.Bytes when Math.Abs(value) >= 10 * 1024 => $"{Rounded(value / 1024)} KiB",
        Unit.Bytes => $"{Rounded(value)} B",
        _ => Rounded(value),
    };

    /// <summary>Two digits after the point near 1, where they matter, and fewer further up.</summary>
    public static string Ratio(double value) => value.ToString(Math.Abs(value) < 9.995 ? "0.00" : "0.0", CultureInfo.InvariantCulture);

    public static string Ratio(Spread spread) => $"{Ratio(spread.Median)}x ({Ratio(spread.LowerQuartile)}-{Ratio(spread.UpperQuartile)})";

    private static string Rounded(double value) => Math.Abs(value) switch
    {
        >= 100 => value.ToString("N0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.##", CultureInfo.InvariantCulture),
    };
}
