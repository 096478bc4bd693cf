namespace StreamPipes.Framing;

/// <summary>Moves through the messages of a <see cref="FrameReader"/>. For the rules see there.</summary>
/// <typeparam name="TMessage">The type of the messages.</typeparam>
/// <typeparam name="TParser">The type of the parser.</typeparam>
public readonly struct FrameEnumerator<TMessage, TParser>
    where TParser : IFrameParser<TMessage>
{
    private readonly FrameReader _reader;
    private readonly TParser _parser;
    private readonly CancellationToken _cancellationToken;

    internal FrameEnumerator(FrameReader reader, TParser parser, CancellationToken cancellationToken)
    {
        _reader = reader;
        _parser = parser;
        _cancellationToken = cancellationToken;
    }

    /// <summary>The message, parsed from the current frame at each access. It throws what the parser throws.</summary>
    public TMessage Current => _parser.Parse(_reader.Current);

    /// <summary>Moves to the next frame, and waits for it if need be.</summary>
    /// <returns><see langword="false"/> if the stream has ended between two frames.</returns>
    /// <exception cref="FrameException">The next frame is too long, malformed, or cut off by the end of the stream.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled, or <see cref="System.IO.Pipelines.PipeReader.CancelPendingRead"/> called.</exception>
    public ValueTask<bool> MoveNextAsync() => _reader.MoveAsync(_cancellationToken);

    /// <summary>Gives the pipe reader back, see <see cref="FrameReader.Release"/>. The current frame counts as read.</summary>
    /// <returns>A task that has completed.</returns>
    public ValueTask DisposeAsync() => _reader.EndEnumeration();
}
