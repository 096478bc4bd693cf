using System.IO.Pipelines;

namespace StreamPipes.Tests.Conformance;

/// <summary>
/// What two connected <see cref="IDuplexPipe"/>s owe their users, whoever made them. A subclass says how to connect; where it cannot keep
/// a rule it overrides the property of that rule with the reason, and the tests of the rule are skipped with it.
/// </summary>
public abstract partial class DuplexPipeConformance
{
    /// <summary>Why completing Output does not show the peer an end while the other direction goes on; null where it does.</summary>
    protected virtual string? NoHalfClose => null;

    /// <summary>Why a flush that is cancelled while it waits may send bytes twice, or never.</summary>
    protected virtual string? CancelledFlushIsUnsafe => null;

    /// <summary>Why a second read beside a pending one is not refused, or hurts.</summary>
    protected virtual string? SecondReadDeviates => null;

    /// <summary>Why an AdvanceTo without a read is not refused.</summary>
    protected virtual string? StrayAdvanceDeviates => null;

    /// <summary>Why a position of an earlier read is not refused, or hurts.</summary>
    protected virtual string? StalePositionDeviates => null;

    /// <summary>Why a position beyond the end is not refused, or hurts.</summary>
    protected virtual string? PositionBeyondTheEndDeviates => null;

    /// <summary>Why a second AdvanceTo after a read is not refused, or hurts.</summary>
    protected virtual string? SecondAdvanceDeviates => null;

    /// <summary>Why a position that is examined must not lie before one that was.</summary>
    protected virtual string? ExaminedCannotGoBack => null;

    /// <summary>Why a flush with an already cancelled token does something else than throw with that token.</summary>
    protected virtual string? PrecancelledFlushDeviates => null;

    /// <summary>Why ReadAtLeast waits for more bytes than it was asked for when some were examined before and kept.</summary>
    protected virtual string? ReadAtLeastForgetsWhatWasKept => null;

    /// <summary>Why the bytes that were there when a ReadAtLeast was cancelled come only with the next ones.</summary>
    protected virtual string? CancelledReadAtLeastHidesBytes => null;

    /// <summary>Why TryRead does not report the end.</summary>
    protected virtual string? TryReadAtTheEndDeviates => null;

    /// <summary>Why an examined position before the consumed one is not refused.</summary>
    protected virtual string? ExaminedBeforeConsumedDeviates => null;

    /// <summary>Why a second flush beside one that waits is not refused, or hurts.</summary>
    protected virtual string? SecondFlushDeviates => null;

    /// <summary>Why a copy that is cancelled may lose bytes.</summary>
    protected virtual string? CancelledCopyDeviates => null;

    private protected abstract Task<ConnectedPair> ConnectAsync(PipeConnectionOptions? clientOptions = null, PipeConnectionOptions? serverOptions = null);

    /// <summary>Ends sending, so that the peer sees the end. Where there is no half-close, that takes closing.</summary>
    private protected virtual async Task EndSendingAsync(IDuplexPipe end)
    {
        if (NoHalfClose is null)
        {
            await end.Output.CompleteAsync().Guarded();
        }
        else
        {
            await end.Input.CompleteAsync().Guarded();
            await end.Output.CompleteAsync().Guarded();
        }
    }

    protected static void SkipIf(string? deviation) => Assert.SkipWhen(deviation is not null, deviation ?? "");
}
