namespace StreamPipes.Framing.Formats;

/// <summary>What a look at unread bytes has come to.</summary>
internal enum ScanStatus
{
    /// <summary>All of a frame is there.</summary>
    Found,

    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>The frame is, or will be, longer than allowed.</summary>
    TooLong,

    /// <summary>It cannot be a frame.</summary>
    Malformed,
}
