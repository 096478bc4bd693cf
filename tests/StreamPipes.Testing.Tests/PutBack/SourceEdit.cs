namespace StreamPipes.Testing.Tests.PutBack;

/// <summary>Takes a cure out of the library: a change of one of its files.</summary>
/// <param name="File">Under the library's folder.</param>
/// <param name="Old">What stands there, exactly once: whole statements, or a whole expression.</param>
/// <param name="New">What takes its place: statements, which may be none, or an expression.</param>
internal sealed record SourceEdit(string File, string Old, string New)
{
    /// <param name="text">The file.</param>
    /// <param name="condition">Whether the change is in force: an expression. So one library holds every fault, each of which can be switched on.</param>
    /// <exception cref="InvalidOperationException">The library has changed: the text is not there, or not once.</exception>
    public string ApplyTo(string text, string condition)
    {
        int found = text.Split(Old).Length - 1;
        if (found != 1) throw new InvalidOperationException($"{File} has this text {found} times, not once: {Old}");
        string choice = Old.EndsWith(';') ? $"if ({condition}) {{ {New} }} else {{ {Old} }}" : $"({condition} ? {New} : {Old})";
        return text.Replace(Old, choice, StringComparison.Ordinal);
    }
}
