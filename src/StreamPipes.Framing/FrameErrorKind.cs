namespace StreamPipes.Framing;

/// <summary>What is wrong with a frame.</summary>
public enum FrameErrorKind
{
    /// <summary>
    /// The frame is longer than <see cref="FrameFormat.MaximumLength"/>. When reading, this is known as soon as the prefix has arrived, or as soon as so many
    /// bytes have arrived without a delimiter: nothing waits for the rest.
    /// </summary>
    TooLong = 0,

    /// <summary>
    /// The frame contradicts its format: a prefix that announces less than nothing or has more than 64 bits; in writing, a frame that contains its own
    /// delimiter, has another size than the format, or is shorter than its header.
    /// </summary>
    Malformed = 1,

    /// <summary>The stream ended inside a frame.</summary>
    Truncated = 2,
}
