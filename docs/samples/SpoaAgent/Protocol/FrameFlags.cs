namespace SpoaAgent;

/// <summary>The flags of a frame.</summary>
[Flags]
internal enum FrameFlags
{
    None = 0,

    /// <summary>The payload ends with this frame.</summary>
    Final = 1,

    /// <summary>The payload, of which there were fragments, is given up.</summary>
    Abort = 2,
}
