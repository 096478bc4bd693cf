using System.Buffers;

namespace StreamPipes.Framing;

/// <summary>The parser of messages that parse themselves. It has no state, and what it calls inlines.</summary>
/// <typeparam name="TMessage">The type of the messages.</typeparam>
public readonly struct FrameMessageParser<TMessage> : IFrameParser<TMessage>
    where TMessage : IFrameMessage<TMessage>
{
    /// <summary>Makes a message of a frame.</summary>
    /// <param name="frame">The frame. It is valid during the call only.</param>
    /// <returns>The message.</returns>
    public TMessage Parse(in ReadOnlySequence<byte> frame) => TMessage.Parse(frame);
}
