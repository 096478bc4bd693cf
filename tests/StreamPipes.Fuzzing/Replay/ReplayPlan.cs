namespace StreamPipes.Fuzzing.Replay;

/// <summary>What the read was that is still in the stream below when the session begins.</summary>
internal enum LateKind
{
    None,
    Pending,
    Bytes,
    Nothing,
    End,
    Fault,
}

/// <summary>What a session begins with.</summary>
internal sealed record ReplayPlan
{
    /// <summary>Whether the stream below must not see a token, so that a read which is given up goes on.</summary>
    public bool KeepsReads { get; init; }

    /// <summary>Whether the stream below has blocking reads only.</summary>
    public bool IsBlocking { get; init; }

    public bool HonoursTokens { get; init; }

    /// <summary>Whether a read of the stream below that was waiting resumes its reader where it is fed.</summary>
    public bool IsInline { get; init; }

    /// <summary>Whether a connection was detached; otherwise the stream is made as a detach makes it.</summary>
    public bool IsDetached { get; init; }

    /// <summary>Whether the stream below ends with a fault.</summary>
    public bool EndsWithFault { get; init; }

    public bool IsDisposedBlocking { get; init; }

    public int FrontLength { get; init; }

    public LateKind Late { get; init; }

    public static ReplayPlan Read(FuzzBytes bytes)
    {
        byte flags = bytes.Next();
        bool keepsReads = (flags & 1) != 0;
        bool isBlocking = keepsReads && (flags & 2) != 0;
        return new ReplayPlan
        {
            KeepsReads = keepsReads,
            IsBlocking = isBlocking,

            // A stream that should bear a cancelled read and ignores its token is not what this is about.
            HonoursTokens = !isBlocking && (!keepsReads || (flags & 4) != 0),
            IsInline = (flags & 8) != 0,
            IsDetached = (flags & 16) != 0,
            EndsWithFault = (flags & 32) != 0,
            IsDisposedBlocking = (flags & 64) != 0,
            FrontLength = bytes.NextLength(),
            Late = (LateKind)(bytes.Next() % 6),
        };
    }
}
