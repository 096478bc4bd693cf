namespace StreamPipes.Framing;

/// <summary>A frame that is too long, malformed, or cut off by the end of the stream; which of these, and where.</summary>
/// <remarks>
/// <para>It is an <see cref="IOException"/>, so that code which handles the faults of a connection handles this one. Faults of the connection itself are not
/// wrapped: they surface as the <see cref="System.IO.Pipelines.PipeReader"/> or the <see cref="System.IO.Pipelines.PipeWriter"/> throws them.</para>
/// <para>A parser of your own may throw it for a message that the framing cannot judge.</para>
/// </remarks>
public sealed class FrameException : IOException
{
    /// <summary>Makes an exception for a frame.</summary>
    /// <param name="kind">What is wrong with the frame.</param>
    /// <param name="position">Where the frame begins, in bytes from the start of the stream.</param>
    /// <param name="message">What is wrong, in words.</param>
    /// <param name="innerException">What led to it, or <see langword="null"/>.</param>
    public FrameException(FrameErrorKind kind, long position, string message, Exception? innerException = null)
        : base(message, innerException)
    {
        Kind = kind;
        Position = position;
    }

    /// <summary>What is wrong with the frame.</summary>
    public FrameErrorKind Kind { get; }

    /// <summary>
    /// Where the frame begins, in bytes: from the first byte that the <see cref="FrameReader"/> has read, or that the <see cref="FrameWriter"/> has written.
    /// The first byte has position 0.
    /// </summary>
    public long Position { get; }

    /// <summary>
    /// The length of the frame in bytes, counted as <see cref="FrameFormat.MaximumLength"/> is, if it is known: from a prefix, in writing, or because the frame
    /// has been skipped, see <see cref="FrameReader.OnSkipped"/>. -1 if it is not.
    /// </summary>
    public long Length { get; internal set; } = -1;

    /// <summary>Whether a reader can find the frame after this one, see <see cref="FrameErrorAction.Skip"/>.</summary>
    public bool CanSkip { get; internal set; }
}
