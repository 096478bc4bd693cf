namespace StreamPipes.PipeStreams;

/// <summary>What the one operation that holds a <see cref="ReaderTurn"/> is doing with the reader.</summary>
internal enum ReaderUse
{
    /// <summary>There is no operation.</summary>
    None = 0,

    /// <summary>It waits for the pipe's read, and holds no memory of the pipe. A cancellation ends it.</summary>
    Waiting = 1,

    /// <summary>It copies bytes out of the pipe's memory, without waiting for anything.</summary>
    Taking = 2,

    /// <summary>A destination works on the pipe's memory, for as long as it likes.</summary>
    Lending = 3,
}
