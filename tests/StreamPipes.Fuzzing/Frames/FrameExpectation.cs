using StreamPipes.Framing;

namespace StreamPipes.Fuzzing.Frames;

/// <summary>What has to happen, as the oracles have it.</summary>
internal static class FrameExpectation
{
    public static FrameLog Of(FramePlan plan)
    {
        FrameLog log = new();
        FrameOracle oracle = plan.First.Oracle;
        int position = 0;
        while (position < plan.Wire.Length)
        {
            FrameVerdict next = oracle.Next(plan.Wire.AsSpan(position), plan.IsLastOpen);
            if (next.Error is null)
            {
                log.Frame(plan.Wire.AsSpan(position + next.Start, (int)next.Length));
                position += (int)next.Total;
                if (log.Frames == plan.SwitchAfter && plan.Second is not null) oracle = plan.Second.Oracle;
            }
            else if (TrySkip(plan, log, next, position))
            {
                position += (int)next.Total;
            }
            else
            {
                return log;
            }
        }

        log.End(position);
        return log;
    }

    /// <summary>How many frames are whole in the first bytes, up to the first bad one.</summary>
    public static int WholeFrames(FramePlan plan, int length, bool isOver)
    {
        FrameOracle oracle = plan.First.Oracle;
        int frames = 0;
        for (int position = 0; position < length;)
        {
            FrameVerdict next = oracle.Next(plan.Wire.AsSpan(position, length - position), isOver && plan.IsLastOpen);
            if (next.Error is not null) break;
            position += (int)next.Total;
            if (++frames == plan.SwitchAfter && plan.Second is not null) oracle = plan.Second.Oracle;
        }

        return frames;
    }

    private static bool TrySkip(FramePlan plan, FrameLog log, FrameVerdict bad, int position)
    {
        FrameErrorKind kind = bad.Error!.Value;
        try
        {
            if (!IsSkipped(plan, log, kind, position, bad.Length)) return false;
            if (bad.Total > plan.Wire.Length - position)
            {
                IsSkipped(plan, log, FrameErrorKind.Truncated, position, length: -1);
                return false;
            }

            log.Skip(kind, position, bad.Whole);
            if (plan.Policy == FramePolicy.SkipAndThrow) throw new InvalidDataException("skipped");
            return true;
        }
        catch (InvalidDataException exception)
        {
            log.FailBy(exception.Message);
            return false;
        }
    }

    private static bool IsSkipped(FramePlan plan, FrameLog log, FrameErrorKind kind, int position, long length)
    {
        if (plan.Policy != FramePolicy.None)
        {
            FrameErrorAction action = plan.Decide(log.Ask(kind, position, length));
            if (action == FrameErrorAction.Skip && kind == FrameErrorKind.TooLong) return true;
        }

        log.Fail(kind, position, length);
        return false;
    }
}
