using StreamPipes.Framing;

namespace StreamPipes.Fuzzing.Frames;

/// <summary>What the fuzzer has chosen: formats, policy, cuts, cancellations; the rest is the stream.</summary>
internal sealed class FramePlan
{
    private FramePlan(FormatChoice first, FormatChoice? second, FuzzBytes bytes)
    {
        First = first;
        Second = second;
        byte flags = bytes.Next();
        Policy = (flags & 7) switch { 1 or 2 => FramePolicy.Skip, 3 => FramePolicy.SkipEverySecond, 4 => FramePolicy.ThrowAtTheSecond, 5 => FramePolicy.SkipAndThrow, _ => FramePolicy.None };
        IsLastOpen = (flags & 8) != 0;
        IsDisturbed = (flags & 16) != 0;
        SwitchesByRelease = (flags & 32) != 0;
        SwitchAfter = 1 + (flags >> 6);
        Cutting = bytes.Next();
        Wire = bytes.Rest();
    }

    public FormatChoice First { get; }

    /// <summary>The format after some frames, or null.</summary>
    public FormatChoice? Second { get; }

    public int SwitchAfter { get; }

    /// <summary>Whether the second format is another reader's.</summary>
    public bool SwitchesByRelease { get; }

    public FramePolicy Policy { get; }

    /// <summary>Whether the last frame may lack its delimiter.</summary>
    public bool IsLastOpen { get; }

    /// <summary>Whether waits are cancelled.</summary>
    public bool IsDisturbed { get; }

    public byte Cutting { get; }

    public byte[] Wire { get; }

    /// <returns>Null for an input without a format.</returns>
    public static FramePlan? From(byte[] input)
    {
        FuzzBytes bytes = new(input);
        if (FormatChoice.From(bytes) is not { } first) return null;
        FormatChoice? second = null;
        if (bytes.Next() % 2 == 1 && (second = FormatChoice.From(bytes)) is null) return null;
        return new FramePlan(first, second, bytes);
    }

    public FrameErrorAction Decide(int asked) => Policy switch
    {
        FramePolicy.None => FrameErrorAction.Fail,
        FramePolicy.SkipEverySecond => asked % 2 == 1 ? FrameErrorAction.Skip : FrameErrorAction.Fail,
        FramePolicy.ThrowAtTheSecond when asked > 1 => throw new InvalidDataException("decided"),
        _ => FrameErrorAction.Skip,
    };
}
