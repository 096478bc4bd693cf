using System.Globalization;

namespace StreamPipes.Soak;

/// <summary>Both ends of every connection are in this process: it needs two descriptors for each.</summary>
internal static class DescriptorLimit
{
    private const int Spare = 500;

    /// <returns>What to do about a limit that is too low, or null.</returns>
    public static string? Complaint(SoakOptions options)
    {
        int needed = (2 * options.Slots) + Spare;
        return Limit() is { } limit && limit < needed
            ? $"{options.Connections} connections need {needed} open files, and the limit is {limit}. Raise it with: ulimit -n {needed}; or take fewer --connections."
            : null;
    }

    private static int? Limit()
    {
        const string Limits = "/proc/self/limits";
        if (!File.Exists(Limits)) return null;
        string? line = File.ReadLines(Limits).FirstOrDefault(static line => line.StartsWith("Max open files", StringComparison.Ordinal));

        // The soft limit is the fourth word. "unlimited" is no number, and no limit.
        string[] words = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return words.Length > 3 && int.TryParse(words[3], NumberStyles.None, CultureInfo.InvariantCulture, out int limit) ? limit : null;
    }
}
