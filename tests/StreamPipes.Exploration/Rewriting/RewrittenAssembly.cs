using StreamPipes.Exploration.MemoryModel;

namespace StreamPipes.Exploration.Rewriting;

/// <summary>An assembly whose accesses to memory go through the simulation.</summary>
/// <param name="Image">The assembly.</param>
/// <param name="Sites">The places that access fields, by their numbers.</param>
/// <param name="Fields">The fields that are simulated.</param>
/// <param name="Untouched">What concerns threads or memory and is left as it is.</param>
internal sealed record RewrittenAssembly(byte[] Image, IReadOnlyList<Site> Sites, IReadOnlyList<Field> Fields, IReadOnlyList<string> Untouched);
