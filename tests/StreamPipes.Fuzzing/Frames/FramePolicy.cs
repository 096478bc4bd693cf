namespace StreamPipes.Fuzzing.Frames;

/// <summary>What is done about bad frames.</summary>
internal enum FramePolicy
{
    None,
    Skip,
    SkipEverySecond,
    ThrowAtTheSecond,

    /// <summary>The receiver of what is skipped throws.</summary>
    SkipAndThrow,
}
