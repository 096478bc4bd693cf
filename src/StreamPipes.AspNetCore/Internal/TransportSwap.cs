using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace StreamPipes.AspNetCore.Internal;

/// <summary>Middleware that puts a connection of ours in the place of the transport while the rest of the server runs.</summary>
internal sealed class TransportSwap(ConnectionDelegate next, Func<ConnectionContext, ValueTask<PipeConnection?>> connect)
{
    public async Task InvokeAsync(ConnectionContext context)
    {
        IDuplexPipe transport = context.Transport;
        PipeConnection? layer = await connect(context).ConfigureAwait(false);
        if (layer is null) return;
        Task watching = AbortWithLayerAsync(context, layer);
        await using (layer.ConfigureAwait(false))
        {
            context.Transport = new ServerTransport(layer);
            try
            {
                await next(context).ConfigureAwait(false);
            }
            finally
            {
                // The server looks after its own transport again; what was written to the layer is sent when that is disposed, just now.
                context.Transport = transport;
            }
        }

        await watching.ConfigureAwait(false);
    }

    /// <summary>
    /// A layer that is given up gives up the client: an application that is not reading would not notice otherwise, and what was cut off must not look whole.
    /// </summary>
    private static async Task AbortWithLayerAsync(ConnectionContext context, PipeConnection layer)
    {
        await layer.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (layer.CloseReason is not (CloseReason.Aborted or CloseReason.TimedOut)) return;
        Exception reason = layer.Completion.Exception?.InnerException ?? new ConnectionAbortedException();
        context.Abort(reason as ConnectionAbortedException ?? new ConnectionAbortedException(reason.Message, reason));
    }
}
