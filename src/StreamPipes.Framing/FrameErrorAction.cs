namespace StreamPipes.Framing;

/// <summary>What a <see cref="FrameReader"/> does about a bad frame, see <see cref="FrameReader.OnError"/>.</summary>
public enum FrameErrorAction
{
    /// <summary>The reader throws the <see cref="FrameException"/>, now and from then on.</summary>
    Fail = 0,

    /// <summary>
    /// The reader discards the frame and continues with the next one: after the next delimiter, or after the announced length. Where
    /// <see cref="FrameException.CanSkip"/> is <see langword="false"/> this is <see cref="Fail"/>. <see cref="FrameReader.OnSkipped"/> receives what was skipped.
    /// </summary>
    Skip = 1,
}
