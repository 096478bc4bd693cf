using System.IO.Pipelines;
using StreamPipes.Transports;

namespace StreamPipes.Fuzzing.Replay;

/// <summary>The stream under test, and all that goes into it: by the read that is still there, then by the stream below.</summary>
internal sealed class ReplaySource
{
    private readonly ReplayPlan _plan;
    private TaskCompletionSource<ReadOnlyMemory<byte>?>? _late;

    private ReplaySource(ReplayPlan plan)
    {
        _plan = plan;
        Script = new InnerScript(plan.HonoursTokens, plan.IsInline);
        Inner = plan.IsBlocking ? new BlockingInner(Script) : new AsyncInner(Script);
        Stream = Inner;
    }

    public InnerScript Script { get; }

    public Stream Inner { get; }

    public Stream Stream { get; private set; }

    /// <summary>How many bytes have gone in.</summary>
    public long Fed { get; private set; }

    /// <summary>How many of them were read before the stream was there.</summary>
    public long ReadBefore { get; private set; }

    /// <summary>Whether the end, or the fault, has gone in.</summary>
    public bool IsOver { get; private set; }

    public Exception? Fault { get; private set; }

    public static async Task<ReplaySource> MakeAsync(ReplayPlan plan)
    {
        ReplaySource source = new(plan);
        if (plan.IsDetached) await source.DetachAsync();
        else source.Make();
        return source;
    }

    public void Feed(int count)
    {
        if (IsOver) return;
        if (_late is { } late)
        {
            byte[] bytes = Content.Make(Fed, count);
            Advance(count);
            _late = null;
            Script.IsForbidden = false;
            late.SetResult(bytes);
        }
        else if (count > 0)
        {
            Fed += count;
            Script.Feed(count);
        }
    }

    /// <summary>Nothing comes after this. Where a read is still there, it brings the end, and nobody has to look for it below.</summary>
    public void End(bool withFault)
    {
        if (IsOver) return;
        IsOver = true;
        if (withFault) Fault = new IOException("the cable is out");
        if (_late is null && Fault is null) Script.End();
        else if (_late is null) Script.Fail(Fault!);
        else if (Fault is null) _late.SetResult(null);
        else _late.SetException(Fault);
    }

    private void Advance(int count)
    {
        Fed += count;
        Script.Position = Fed;
    }

    private void Make()
    {
        byte[] front = Content.Make(0, _plan.FrontLength);
        Advance(front.Length);
        LateRead? late = null;
        if (_plan.Late != LateKind.None)
        {
            _late = new TaskCompletionSource<ReadOnlyMemory<byte>?>(_plan.IsInline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
            late = new LateRead(_late.Task, () => _late?.TrySetCanceled());
            Script.IsForbidden = true;
            if (_plan.Late == LateKind.Bytes) Feed(7);
            else if (_plan.Late == LateKind.Nothing) Feed(0);
            else if (_plan.Late is LateKind.End or LateKind.Fault) End(_plan.Late == LateKind.Fault);
        }

        Stream = new ReplayStream(Inner, front, late, mayCancelReads: !_plan.KeepsReads);
    }

    private async Task DetachAsync()
    {
        PipeConnection connection = StreamConnection.Create(Inner, new PipeConnectionOptions { SurvivesCanceledReads = !_plan.KeepsReads });
        if (_plan.FrontLength > 0)
        {
            Feed(_plan.FrontLength);
            ReadResult result = await connection.Input.ReadAsync();
            ReadBefore = Math.Min(result.Buffer.Length, (int)_plan.Late);
            FoundException.Unless(Content.Is(System.Buffers.BuffersExtensions.ToArray(result.Buffer), 0), "the connection received something else than was sent");
            connection.Input.AdvanceTo(result.Buffer.GetPosition(ReadBefore));
        }

        DetachedStream detached = await connection.DetachAsync();
        FoundException.Unless(detached.UnreadBytes <= Fed - ReadBefore, "more is unread than was sent");
        Stream = detached.Stream;
    }
}
