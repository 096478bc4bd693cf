using StreamPipes.Tests.Guards;

namespace StreamPipes.Framing.Tests.Guards;

/// <summary>The package for frames alone: what the pages say works without the library.</summary>
public sealed class PackedFraming() : PackedLibrary("StreamPipes.Framing");
