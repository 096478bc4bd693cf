namespace StreamPipes.Tests.Hostile;

/// <summary>What a <see cref="TamperingRelay"/> does to the bytes of the peer, and where.</summary>
internal sealed record Tampering
{
    public static readonly Tampering None = new();

    /// <summary>After how many bytes the peer's direction ends early.</summary>
    public long CutAt { get; init; } = long.MaxValue;

    public Cut Cut { get; init; }

    /// <summary>Which byte has one of its bits turned over.</summary>
    public long FlipAt { get; init; } = -1;

    public byte FlipMask { get; init; } = 1;

    /// <summary>What is sent after the peer's last byte, before the end.</summary>
    public byte[] Appended { get; init; } = [];
}
