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
        TlsEngineSession? session = null;
        try
        {
            either.Token.ThrowIfCancellationRequested();
            session = engine.Begin(await carrier.OpenAsync(either.Token).ConfigureAwait(false), options.LeaveOpen);
            Task handshake = session.HandshakeAsync(either.Token);
            ObservedTask.ObserveLater(handshake);

            // Not every transport heeds the token; its disposal, below, ends what is left behind.
            await handshake.WaitAsync(either.Token).ConfigureAwait(false);
            return session.ToTransport(options);
        }
        catch (Exception e)
        {
            await DropAsync(session, carrier, options).ConfigureAwait(false);
            if (cancellationToken.IsCancellationRequested) throw new OperationCanceledException("The handshake was cancelled.", e, cancellationToken);
            if (timeout.IsCancellationRequested) throw new TimeoutException($"The TLS handshake did not end within the HandshakeTimeout of {options.HandshakeTimeout}.", e);
            throw;
        }
    }

    private static async Task DropAsync(TlsEngineSession? session, TlsCarrier carrier, PipeConnectionOptions options)
    {
        if (session is null && options.LeaveOpen) return;
        Task dropped = session?.DropAsync() ?? carrier.DropAsync();
        await Clock.Of(options).WaitAsync(dropped, options.CloseTimeout).ConfigureAwait(false);
    }
}
