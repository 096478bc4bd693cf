using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace StreamPipes.AspNetCore.Internal;

/// <summary>Middleware that puts a connection of ours in the place of the transport while the rest of the server runs.</summary>
internal sealed class TransportSwap(ConnectionDelegate next, Func<ConnectionContext, CancellationToken, ValueTask<PipeConnection?>> connect)
{
    public async Task InvokeAsync(ConnectionContext context)
    {
        IDuplexPipe transport = context.Transport;
        PipeConnection? layer = await connect(context, context.ConnectionClosed).ConfigureAwait(false);
        if (layer is null) return;
        await using (layer.ConfigureAwait(false))
        {
            context.Transport = layer;
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
    }
}
