namespace StreamPipes.Soak;

/// <summary>How a connection ends. One end, the actor, does it; the other finds out.</summary>
internal enum Finish
{
    /// <summary>Both send everything, complete their output, and read to the end.</summary>
    Orderly,

    /// <summary>The other end speaks only when it has read the actor's half-close.</summary>
    OneAfterTheOther,

    /// <summary>The actor completes its input early, and its output when all is sent: what comes in meanwhile is discarded.</summary>
    InputFirst,

    /// <summary>The actor disposes in the middle, without a look at what is unread. Everything it wrote arrives.</summary>
    Dispose,

    /// <summary>The actor aborts in the middle.</summary>
    Abort,

    /// <summary>The actor completes its output with an exception.</summary>
    OutputFault,

    /// <summary>The actor's socket is closed under the connection, with RST.</summary>
    Reset,
}
