namespace StreamPipes.Framing;

/// <summary>The frames of a <see cref="FrameReader"/>, for <c>await foreach</c>. The compiler finds the methods by their names; there is no interface.</summary>
public readonly struct FrameEnumerable
{
    private readonly FrameReader _reader;
    private readonly CancellationToken _cancellationToken;

    internal FrameEnumerable(FrameReader reader, CancellationToken cancellationToken)
    {
        _reader = reader;
        _cancellationToken = cancellationToken;
    }

    /// <summary>Begins after the last frame that was read.</summary>
    /// <returns>An enumerator with the token of the enumerable.</returns>
    public FrameEnumerator GetAsyncEnumerator() => new(_reader, _cancellationToken);
}
