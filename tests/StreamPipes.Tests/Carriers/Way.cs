namespace StreamPipes.Tests.Carriers;

/// <summary>How a program comes to the end of its use of a carrier.</summary>
public enum Way
{
    /// <summary>Writes, and disposes the connection while a read of its pump is pending.</summary>
    WriteAndDispose,

    /// <summary>Writes, completes the output, and disposes.</summary>
    WriteCompleteAndDispose,

    /// <summary>Completes the input while a read is pending, then writes, completes the output, and disposes.</summary>
    InputCompletedFirst,

    /// <summary>Asks, half-closes where the carrier has a half-close, reads the long answer to its end, and disposes.</summary>
    AskAndReadTheAnswer,

    /// <summary>Detaches while a read is pending, and continues with the stream in both directions.</summary>
    Detach,
}
