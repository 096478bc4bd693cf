namespace StreamPipes.Framing.Formats;

/// <summary>Where a frame is in contiguous bytes.</summary>
internal readonly struct FrameExtent
{
    public FrameExtent(int start, int length, int total)
    {
        Start = start;
        Length = length;
        Total = total;
    }

    /// <summary>How many bytes come before it.</summary>
    public int Start { get; }

    public int Length { get; }

    /// <summary>How many bytes it takes with all that belongs to it.</summary>
    public int Total { get; }
}
