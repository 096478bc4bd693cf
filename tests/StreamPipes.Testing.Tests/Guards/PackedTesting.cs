using StreamPipes.Tests.Guards;

namespace StreamPipes.Testing.Tests.Guards;

/// <summary>The package for tests, with the library that it needs beside it.</summary>
public sealed class PackedTesting() : PackedLibrary("StreamPipes.Testing", "StreamPipes");
