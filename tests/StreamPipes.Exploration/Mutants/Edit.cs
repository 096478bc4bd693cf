namespace StreamPipes.Exploration.Mutants;

/// <summary>A change of the library's text.</summary>
/// <param name="File">Under the library's folder.</param>
/// <param name="Old">What stands there, exactly once.</param>
/// <param name="New">What takes its place.</param>
internal sealed record Edit(string File, string Old, string New);
