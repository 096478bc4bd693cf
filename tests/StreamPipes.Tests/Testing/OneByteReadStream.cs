namespace StreamPipes.Tests.Testing;

/// <summary>Gives one byte per read.</summary>
internal sealed class OneByteReadStream(Stream inner) : ChunkingStream(inner, readSize: 1);
