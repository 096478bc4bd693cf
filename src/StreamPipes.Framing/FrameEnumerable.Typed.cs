namespace StreamPipes.Framing;

/// <summary>The messages of a <see cref="FrameReader"/>, for <c>await foreach</c>. The compiler finds the methods by their names; there is no interface.</summary>
/// <typeparam name="TMessage">The type of the messages.</typeparam>
/// <typeparam name="TParser">The type of the parser.</typeparam>
public readonly struct FrameEnumerable<TMessage, TParser>
    where TParser : IFrameParser<TMessage>
{
    private readonly FrameReader _reader;
    private readonly TParser _parser;
    private readonly CancellationToken _cancellationToken;

    internal FrameEnumerable(FrameReader reader, TParser parser, CancellationToken cancellationToken)
    {
        _reader = reader;
        _parser = parser;
        _cancellationToken = cancellationToken;
    }

    /// <summary>Begins after the last frame that was read.</summary>
    /// <returns>An enumerator with the token of the enumerable.</returns>
    public FrameEnumerator<TMessage, TParser> GetAsyncEnumerator() => new(_reader, _parser, _cancellationToken);
}
