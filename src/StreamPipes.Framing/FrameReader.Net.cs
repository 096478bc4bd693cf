namespace StreamPipes.Framing;

/// <content>Messages that parse themselves.</content>
public sealed partial class FrameReader
{
    /// <summary>Takes the next frame as a message, if all of it has arrived and been read. It throws what the message's parser throws, and never waits.</summary>
    /// <typeparam name="TMessage">The type of the messages.</typeparam>
    /// <param name="message">The message; the default value if there is none.</param>
    /// <returns>Whether there was a frame, see <see cref="TryRead(out System.Buffers.ReadOnlySequence{byte})"/>.</returns>
    public bool TryRead<TMessage>(out TMessage message)
        where TMessage : IFrameMessage<TMessage> => TryRead(default(FrameMessageParser<TMessage>), out message);

    /// <summary>The frames as messages, one after the other, for <c>await foreach</c>.</summary>
    /// <typeparam name="TMessage">The type of the messages.</typeparam>
    /// <param name="cancellationToken">Ends a wait for the next frame. Frames that are at hand are delivered nevertheless.</param>
    /// <returns>What can be enumerated. Every enumeration continues after the last frame.</returns>
    public FrameEnumerable<TMessage, FrameMessageParser<TMessage>> ReadAllAsync<TMessage>(CancellationToken cancellationToken = default)
        where TMessage : IFrameMessage<TMessage> => new(this, default, cancellationToken);
}
