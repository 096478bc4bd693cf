using StreamPipes.Common;

namespace StreamPipes.Connection;

/// <summary>
/// Passes on between two connections what each receives: the bytes, the end as a half-close, an error as an abort. Both connections are over when it is.
/// </summary>
internal sealed class Relay
{
    private readonly ConnectionLifetime _one;
    private readonly ConnectionLifetime _other;
    private readonly RelayDirection _there;
    private readonly RelayDirection _back;
    private volatile bool _isCanceled;

    private Relay(ConnectionLifetime one, ConnectionLifetime other)
    {
        _one = one;
        _other = other;
        _there = new RelayDirection(one, other);
        _back = new RelayDirection(other, one);
    }

    /// <exception cref="InvalidOperationException">A connection is in use or has ended, and both are as they were.</exception>
    public static Task<RelayResult> RunAsync(ConnectionLifetime one, ConnectionLifetime other, CancellationToken cancellationToken)
    {
        one.ThrowUnlessUnused();
        other.ThrowUnlessUnused();
        return new Relay(one, other).RunAsync(cancellationToken);
    }

    private async Task<RelayResult> RunAsync(CancellationToken cancellationToken)
    {
        using (cancellationToken.UnsafeRegister(static relay => ((Relay)relay!).Cancel(), this))
        {
            Task there = _there.RunAsync();
            Task back = _back.RunAsync();
            bool isThereFirst = await Task.WhenAny(there, back).ConfigureAwait(false) == there;
            if (isThereFirst) await EndAsync(_there, _back, back).ConfigureAwait(false);
            else await EndAsync(_back, _there, there).ConfigureAwait(false);
        }

        await Task.WhenAll(_one.DisposeAsync().AsTask(), _other.DisposeAsync().AsTask()).ConfigureAwait(false);
        RelayResult result = new(_there.Bytes, _back.Bytes, _there.Fault, _back.Fault);
        if (_isCanceled && !result.IsComplete) throw new OperationCanceledException("The relay was cancelled.", result.FaultToOther ?? result.FaultFromOther, cancellationToken);
        return result;
    }

    /// <summary>One direction has ended: what that means for the opposite one, until that has ended as well.</summary>
    private async Task EndAsync(RelayDirection ended, RelayDirection opposite, Task oppositeEnded)
    {
        if (ended.Fault is { } fault)
        {
            if (ended.HasFailedSending)
            {
                // Its destination takes nothing any more, and may have said why: that still reaches the source, as far as this takes no longer than a close.
                await Task.WhenAny(oppositeEnded, ended.Destination.Completion).ConfigureAwait(false);
                bool isOver = await ended.Source.Clock.WaitAsync(oppositeEnded, ended.Source.CloseTimeout).ConfigureAwait(false);

                // All of it, and its end: the source is closed in order, since a reset could destroy what it has not read yet.
                if (isOver && opposite.Fault is null) return;
            }

            AbortBoth(fault);
        }
        else
        {
            // Its end has been passed on. Once it takes nothing any more it has ended, which the opposite direction would notice only when it had something to send.
            await Task.WhenAny(oppositeEnded, ended.Source.Completion).ConfigureAwait(false);
            if (ended.Source.Fault is { IsImmediate: true } aborted) AbortBoth(aborted.Exception);
            else if (ended.Source.Fault is { } failed) opposite.Refuse(failed.Exception);
        }

        // A destination that takes nothing any more has said all it had to say: as above.
        await oppositeEnded.ConfigureAwait(false);
        if (opposite is { Fault: { } later, HasFailedSending: false }) AbortBoth(later);
    }

    private void Cancel()
    {
        _isCanceled = true;
        AbortBoth(new IOException("The relay was cancelled, which ends both of its connections."));
    }

    private void AbortBoth(Exception reason)
    {
        _one.Abort(reason);
        _other.Abort(reason);
    }
}
