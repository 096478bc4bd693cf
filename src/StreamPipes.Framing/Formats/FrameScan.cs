namespace StreamPipes.Framing.Formats;

/// <summary>What a look at unread bytes has come to, and where the frame is.</summary>
internal readonly struct FrameScan
{
    private FrameScan(ScanStatus status, long start, long length, long total, string? problem)
    {
        Status = status;
        Start = start;
        Length = length;
        Total = total;
        Problem = problem;
    }

    public static FrameScan Incomplete => new(ScanStatus.Incomplete, 0, 0, 0, problem: null);

    public ScanStatus Status { get; }

    /// <summary>How many bytes come before the frame.</summary>
    public long Start { get; }

    /// <summary>The length of the frame; -1 if it is not known.</summary>
    public long Length { get; }

    /// <summary>How many bytes the frame takes with all that belongs to it; -1 if only its delimiter tells.</summary>
    public long Total { get; }

    /// <summary>What is malformed.</summary>
    public string? Problem { get; }

    public static FrameScan Found(long start, long length, long total) => new(ScanStatus.Found, start, length, total, problem: null);

    public static FrameScan TooLong(long length = -1, long total = -1) => new(ScanStatus.TooLong, 0, length, total, problem: null);

    public static FrameScan Malformed(string problem) => new(ScanStatus.Malformed, 0, -1, -1, problem);
}
