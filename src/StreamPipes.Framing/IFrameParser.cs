using System.Buffers;

namespace StreamPipes.Framing;

/// <summary>Makes a message of a frame.</summary>
/// <remarks>
/// Implement it on a struct: the compiler then makes the reading loop for that struct, and the parser inlines into it. A class works too, at the price of a
/// call through the interface. <b>Concurrency.</b> A reader calls its parser from the loop that reads, never concurrently.
/// <code>
/// readonly struct TextParser : IFrameParser&lt;string&gt;
/// {
///     public string Parse(in ReadOnlySequence&lt;byte&gt; frame) => Encoding.UTF8.GetString(frame);
/// }
/// </code>
/// </remarks>
/// <typeparam name="TMessage">The type of the messages.</typeparam>
public interface IFrameParser<TMessage>
{
    /// <summary>Makes a message of a frame. An exception that it throws reaches the caller of the reader as it is; the frame counts as read.</summary>
    /// <param name="frame">The frame. It is valid during the call only: copy what the message keeps.</param>
    /// <returns>The message.</returns>
    TMessage Parse(in ReadOnlySequence<byte> frame);
}
