using System.Buffers;

namespace StreamPipes.Framing;

/// <summary>A message that parses itself: <c>reader.ReadAllAsync&lt;Quote&gt;()</c>.</summary>
/// <remarks>
/// On a struct the parser inlines into the reading loop. For a parser with a state of its own, and for netstandard2.0, see <see cref="IFrameParser{TMessage}"/>.
/// <code>
/// readonly record struct Quote(uint Price) : IFrameMessage&lt;Quote&gt;
/// {
///     public static Quote Parse(in ReadOnlySequence&lt;byte&gt; frame) => new(BinaryPrimitives.ReadUInt32BigEndian(frame.FirstSpan));
/// }
/// </code>
/// </remarks>
/// <typeparam name="TSelf">The message itself.</typeparam>
public interface IFrameMessage<TSelf>
    where TSelf : IFrameMessage<TSelf>
{
    /// <summary>Makes a message of a frame. An exception that it throws reaches the caller of the reader as it is; the frame counts as read.</summary>
    /// <param name="frame">The frame. It is valid during the call only: copy what the message keeps.</param>
    /// <returns>The message.</returns>
    static abstract TSelf Parse(in ReadOnlySequence<byte> frame);
}
