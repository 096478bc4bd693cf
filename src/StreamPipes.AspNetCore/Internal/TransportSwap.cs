using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace StreamPipes.AspNetCore.Internal;

/// <summary>Middleware that puts a connection of ours in the place of the transport while the rest of the server runs.</summary>
internal sealed class TransportSwap(ConnectionDelegate next, Func<ConnectionContext, ValueTask<PipeConnection?>> connect)
{
    /// <summary>How long a layer that is not reading, because its application is not, may take to learn from the transport that the client has left.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    public async Task InvokeAsync(ConnectionContext context)
    {
        IDuplexPipe transport = context.Transport;
        CancellationToken transportClosed = context.ConnectionClosed;
        PipeConnection? layer = await connect(context).ConfigureAwait(false);
        if (layer is null) return;
        ServerTransport border = new(layer);
        using CancellationTokenSource closed = new();
        TaskCompletionSource left = new(TaskCreationOptions.RunContinuationsAsynchronously);
        CancellationTokenRegistration registration = transportClosed.UnsafeRegister(static left => ((TaskCompletionSource)left!).TrySetResult(), left);
        Task watching = AbortWithLayerAsync(context, layer);
        Task telling = TellClosedAsync(border, left.Task, closed);
        context.Transport = border;
        context.ConnectionClosed = closed.Token;
        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            // The server looks after its own transport again; what was written to the layer is sent when that is disposed, just now.
            context.Transport = transport;
            context.ConnectionClosed = transportClosed;
            await layer.DisposeAsync().ConfigureAwait(false);
            await registration.DisposeAsync().ConfigureAwait(false);
            left.TrySetResult();
            await telling.ConfigureAwait(false);
            await watching.ConfigureAwait(false);
        }
    }

    /// <summary>
    /// The server hears that the client has left when the layer has, not before: what the layer had read ahead would else be served as if it were there.
    /// </summary>
    private static async Task TellClosedAsync(ServerTransport border, Task left, CancellationTokenSource closed)
    {
        await Task.WhenAny(left, border.Closed).ConfigureAwait(false);
        if (border.Fault is null || IsGivenUp(border.Connection))
        {
            // A layer that has ended in order, by its close_notify, may still be written to. One that is given up gives up the client, which must come first.
            await left.ConfigureAwait(false);
            await border.Closed.WaitAsync(Grace).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await closed.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>
    /// A layer that is given up gives up the client: an application that is not reading would not notice otherwise, and what was cut off must not look whole.
    /// </summary>
    private static async Task AbortWithLayerAsync(ConnectionContext context, PipeConnection layer)
    {
        await layer.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!IsGivenUp(layer)) return;
        Exception reason = layer.Completion.Exception?.InnerException ?? new ConnectionAbortedException();
        context.Abort(reason as ConnectionAbortedException ?? new ConnectionAbortedException(reason.Message, reason));
    }

    private static bool IsGivenUp(PipeConnection layer) => layer.CloseReason is CloseReason.Aborted or CloseReason.TimedOut;
}
