namespace StreamPipes.Benchmarks.Rows;

/// <summary>How the command line names rows: by some of the words in their names.</summary>
internal static class RowWords
{
    /// <summary>Whether all words of one of the texts are among those of a name. No text means every row.</summary>
    public static bool Mean(IReadOnlyCollection<string> texts, string name)
    {
        string[] words = Split(name);
        return texts.Count == 0 || texts.Any(text => Array.TrueForAll(Split(text), word => words.Contains(word, StringComparer.OrdinalIgnoreCase)));
    }

    private static string[] Split(string text) => text.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
}
