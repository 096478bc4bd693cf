namespace StreamPipes.Tests.Testing;

/// <summary>A peer that never reads: every write is pending until the stream is disposed, whatever its token does. Reads are pending too.</summary>
internal static class NeverReadsStream
{
    public static ScriptedStream Create() => new ScriptedStream { IgnoresTokens = true }.Hold(StreamOperation.Write);
}
