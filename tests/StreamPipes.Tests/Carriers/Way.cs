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

    /// <summary>Gives up a pending read by its token, another by <c>CancelPendingRead</c>, a flush by each, and then asks as if nothing had been.</summary>
    CancelWaitsAndAsk,

    /// <summary>Reads to the end that the far side shows first, and disposes.</summary>
    FarClosesFirst,
}

internal static class Ways
{
    /// <summary>Whether the far side answers at length once it has been asked.</summary>
    public static bool Asks(this Way way) => way is Way.AskAndReadTheAnswer or Way.CancelWaitsAndAsk;

    /// <summary>Whether the near side writes more than its greeting.</summary>
    public static bool Writes(this Way way) => way != Way.FarClosesFirst;

    /// <summary>Whether there is an answer.</summary>
    public static bool Reads(this Way way) => way.Asks() || way is Way.Detach or Way.FarClosesFirst;
}
