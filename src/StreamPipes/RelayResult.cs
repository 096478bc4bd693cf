namespace StreamPipes;

/// <summary>What <see cref="PipeConnection.RelayAsync"/> has passed on, and how each of its two directions ended.</summary>
public sealed class RelayResult
{
    internal RelayResult(long bytesToOther, long bytesFromOther, Exception? faultToOther, Exception? faultFromOther)
    {
        BytesToOther = bytesToOther;
        BytesFromOther = bytesFromOther;
        FaultToOther = faultToOther;
        FaultFromOther = faultFromOther;
    }

    /// <summary>How many bytes the other connection's stream has taken of what this connection received.</summary>
    public long BytesToOther { get; }

    /// <summary>How many bytes this connection's stream has taken of what the other connection received.</summary>
    public long BytesFromOther { get; }

    /// <summary>
    /// What ended the direction from this connection to the other; <see langword="null"/> if that was the end of this connection's input, which has been passed on with every byte
    /// before it. The exception is the one that a read of this connection or a write of the other has thrown.
    /// </summary>
    public Exception? FaultToOther { get; }

    /// <summary>As <see cref="FaultToOther"/>, for the direction from the other connection to this one.</summary>
    public Exception? FaultFromOther { get; }

    /// <summary>Whether both directions came to their end, with every byte passed on.</summary>
    public bool IsComplete => FaultToOther is null && FaultFromOther is null;
}
