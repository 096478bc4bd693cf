using System.Net;
using RESPite.Transports;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace StreamPipes.StackExchangeRedis.Internal;

/// <summary>What the client asks for a transport, once for each connection that it makes.</summary>
/// <param name="configuration">Read at each connect: it does not matter when its properties are set.</param>
/// <param name="options">The caller's, copied.</param>
/// <param name="below">The tunnel that the configuration had before.</param>
internal sealed class PipeTunnel(ConfigurationOptions configuration, PipeConnectionOptions options, Tunnel? below) : Tunnel
{
    public Tunnel? Below => below;

    public override async ValueTask<DuplexTransport?> ConnectTransportAsync(EndPoint endpoint, ConnectionType connectionType, TlsOptions tls, CancellationToken cancellationToken)
    {
        ConnectionSettings settings = new(configuration, options, endpoint, connectionType);
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(configuration.ConnectTimeout);
        try
        {
            PipeConnection connection = below is null
                ? await DirectDial.ConnectAsync(endpoint, tls, settings.Options, limit.Token).ConfigureAwait(false)
                : await new TunnelDial(below, settings, endpoint, connectionType).ConnectAsync(tls, limit.Token).ConfigureAwait(false);
            return new PipeTransport(connection, settings.Turns, tls.IsEnabled);
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"No connection to {endpoint} within the ConnectTimeout of {configuration.ConnectTimeout} ms.", e);
        }
    }
}
