using StreamPipes.Common;
using StreamPipes.Transports;

namespace StreamPipes.Tls;

/// <summary>A handshake that is awaited, cancellable and limited in time, whatever the transport does.</summary>
internal static class TlsHandshake
{
    /// <returns>The authenticated session as a transport.</returns>
    public static async Task<Transport> RunAsync(TlsCarrier carrier, TlsEngine engine, PipeConnectionOptions options, CancellationToken cancellationToken)
    {
        using CancellationTokenSource timeout = new(options.HandshakeTimeout, options.TimeProvider ?? TimeProvider.System);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        ReplayStream? below = null;
        TlsEngineSession? session = null;
        try
        {
            either.Token.ThrowIfCancellationRequested();
            below = ReplayStream.Over(await carrier.OpenAsync(either.Token).ConfigureAwait(false), options.SurvivesCanceledReads);
            below.SendInFront(carrier.Prelude);
            session = engine.Begin(below, options.LeaveOpen);
            Task handshake = session.HandshakeAsync(either.Token);
            ObservedTask.ObserveLater(handshake);

            // Not every transport heeds the token; its disposal, below, ends what is left behind.
            await handshake.WaitAsync(either.Token).ConfigureAwait(false);
            return session.ToTransport(options);
        }
        catch (Exception e)
        {
            await Clock.Of(options).WaitAsync(DropAsync(session, below, carrier, options.LeaveOpen), options.CloseTimeout).ConfigureAwait(false);
            if (cancellationToken.IsCancellationRequested) throw new OperationCanceledException("The handshake was cancelled.", e, cancellationToken);
            if (timeout.IsCancellationRequested) throw new TimeoutException($"The TLS handshake did not end within the HandshakeTimeout of {options.HandshakeTimeout}.", e);
            throw;
        }
    }

    private static async Task DropAsync(TlsEngineSession? session, ReplayStream? below, TlsCarrier carrier, bool leaveOpen)
    {
        if (session is not null) await session.DropAsync().ConfigureAwait(false);
        else if (!leaveOpen) await carrier.DropAsync().ConfigureAwait(false);
        if (leaveOpen && below is not null) await below.LeaveAsync().ConfigureAwait(false);
    }
}
