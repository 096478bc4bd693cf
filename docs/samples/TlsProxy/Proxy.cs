using System.Net;
using StreamPipes;

namespace TlsProxy;

/// <summary>Finds the backend of each client, dials it, and passes everything on, both ways.</summary>
internal sealed class Proxy(ProxyOptions options)
{
    private static readonly PipeConnectionOptions Limits = new() { IdleTimeout = TimeSpan.FromMinutes(10), WriteTimeout = TimeSpan.FromSeconds(30) };

    /// <summary>A record of TLS: the fatal alert "unrecognized_name".</summary>
    private static readonly byte[] UnrecognizedName = [21, 3, 1, 0, 2, 2, 112];

    public PipeListener Listen() => SocketConnection.Listen(options.ListenAt, new PipeListenerOptions
    {
        Tls = options.Tls,
        ProxyProtocol = options.TrustedProxies is not null,
        IsTrustedProxy = peer => peer is IPEndPoint { Address: var address } && options.TrustedProxies is { } trusted && trusted.Contains(address),
        Connection = Limits,
        OnConnectionFault = options.Report,
    });

    /// <summary>Serves one client, until both directions have ended.</summary>
    public async Task ServeAsync(PipeConnection client, CancellationToken stopping)
    {
        if ((options.Backend ?? await FindBackendAsync(client, stopping)) is not { } backend)
        {
            await client.Output.WriteAsync(UnrecognizedName, stopping);
            return;
        }

        ProxyHeader? header = options.ProxyVersion is { } version ? new ProxyHeader(client.RemoteEndPoint, client.LocalEndPoint, version) : null;
        PipeConnectionOptions dial = new(Limits) { ProxyHeader = header };
        PipeConnection server = options.BackendTls is null
            ? await SocketConnection.ConnectAsync(backend, dial, stopping)
            : await TlsConnection.ConnectAsync(backend, options.BackendTls, dial, stopping);
        RelayResult result = await client.RelayAsync(server, stopping);
        if ((result.FaultToOther ?? result.FaultFromOther) is { } fault) options.Report?.Invoke(client.RemoteEndPoint, fault);
    }

    /// <summary>By the name that the client asks for, which is only looked at: the relay passes it on with everything else.</summary>
    private async Task<EndPoint?> FindBackendAsync(PipeConnection client, CancellationToken stopping)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limit.CancelAfter(options.HelloTimeout);
        try
        {
            return await ClientHello.PeekServerNameAsync(client.Input, limit.Token) is { } name ? options.Routes.GetValueOrDefault(name) : null;
        }
        catch (OperationCanceledException e) when (!stopping.IsCancellationRequested)
        {
            throw new TimeoutException($"The ClientHello was not whole after {options.HelloTimeout}.", e);
        }
    }
}
