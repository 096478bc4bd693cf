#if NET
using StreamPipes.Common;

namespace StreamPipes.Tls;

/// <summary>A handshake that is awaited, cancellable and limited in time, whatever the transport does.</summary>
internal static class TlsHandshake
{
    public static async Task<PipeConnection> RunAsync(TlsCarrier transport, TlsEngine engine, PipeConnectionOptions? options, CancellationToken cancellationToken)
    {
        options ??= PipeConnectionOptions.Default;
        using CancellationTokenSource timeout = new(options.HandshakeTimeout, options.TimeProvider ?? TimeProvider.System);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        TlsEngineSession? session = null;
        try
        {
            either.Token.ThrowIfCancellationRequested();
            session = engine.Begin(await transport.OpenAsync(either.Token).ConfigureAwait(false), options.LeaveOpen);
            Task handshake = session.HandshakeAsync(either.Token);
            ObservedTask.ObserveLater(handshake);

            // Not every transport heeds the token; its disposal, below, ends what is left behind.
            await handshake.WaitAsync(either.Token).ConfigureAwait(false);
            return PipeConnection.Over(session.ToTransport(options), options);
        }
        catch (Exception e)
        {
            await DropAsync(session, transport, options).ConfigureAwait(false);
            if (cancellationToken.IsCancellationRequested) throw new OperationCanceledException("The handshake was cancelled.", e, cancellationToken);
            if (timeout.IsCancellationRequested) throw new TimeoutException($"The TLS handshake did not end within the HandshakeTimeout of {options.HandshakeTimeout}.", e);
            throw;
        }
    }

    private static async Task DropAsync(TlsEngineSession? session, TlsCarrier transport, PipeConnectionOptions options)
    {
        if (session is null && options.LeaveOpen) return;
        Task dropped = session?.DropAsync() ?? transport.DropAsync();
        await Clock.Of(options).WaitAsync(dropped, options.CloseTimeout).ConfigureAwait(false);
    }
}
#endif
