namespace RedisTls;

/// <summary>How much one reply or one command may ask for. Lengths are checked when they are announced, before memory is spent on them.</summary>
internal sealed record RespLimits
{
    /// <summary>The longest line, in bytes: a simple string, an error, a number, a header, an inline command.</summary>
    public int MaxLineLength { get; init; } = 64 * 1024;

    /// <summary>How many bytes of bulk strings one reply or command may carry in all.</summary>
    public int MaxBytes { get; init; } = 512 * 1024 * 1024;

    /// <summary>How many values one reply or command may hold in all.</summary>
    public int MaxElements { get; init; } = 1024 * 1024;

    /// <summary>How deep arrays, maps and sets may be nested.</summary>
    public int MaxDepth { get; init; } = 32;

    public static RespLimits Default { get; } = new();
}
