namespace StreamPipes.Tests.Hostile;

/// <summary>What a <see cref="TamperingRelay"/> does to the bytes of the peer, and where.</summary>
internal sealed record Tampering
{
    public static readonly Tampering None = new();

    /// <summary>Where the peer's direction ends early.</summary>
    public Place? CutAt { get; init; }

    public Cut Cut { get; init; }

    /// <summary>Which byte has one of its bits turned over.</summary>
    public Place? FlipAt { get; init; }

    public byte FlipMask { get; init; } = 1;

    /// <summary>Which record is sent twice, the first one being 0.</summary>
    public int? Repeated { get; init; }

    /// <summary>Which record is sent after the one that follows it.</summary>
    public int? Swapped { get; init; }

    /// <summary>What is sent after the peer's last byte, before the end.</summary>
    public byte[] Appended { get; init; } = [];
}
