namespace StreamPipes.Tests.Testing;

/// <summary>What <see cref="ScriptedStream"/> can hold, fail and report as called.</summary>
internal enum StreamOperation
{
    Read,

    /// <summary>A read into an empty buffer.</summary>
    ZeroByteRead,
    Write,
    Flush,
    Dispose,
}
