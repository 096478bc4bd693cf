using System.Net;
using System.Net.Sockets;
using RESPite.Transports;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace StreamPipes.StackExchangeRedis.Tests.Testing;

/// <summary>A tunnel that does as a test says.</summary>
internal sealed class TestTunnel : Tunnel
{
    public Func<EndPoint, EndPoint?> Address { get; init; } = static endPoint => endPoint;

    public Func<Socket?, Stream?> Stream { get; init; } = static _ => null;

    public Action<Socket?> BeforeConnect { get; init; } = static _ => { };

    public Func<DuplexTransport?> Transport { get; init; } = static () => null;

    public override ValueTask<EndPoint?> GetSocketConnectEndpointAsync(EndPoint endpoint, CancellationToken cancellationToken) => new(Address(endpoint));

    public override ValueTask BeforeSocketConnectAsync(EndPoint endPoint, ConnectionType connectionType, Socket? socket, CancellationToken cancellationToken)
    {
        BeforeConnect(socket);
        return default;
    }

    public override ValueTask<Stream?> BeforeAuthenticateAsync(EndPoint endpoint, ConnectionType connectionType, Socket? socket, CancellationToken cancellationToken) => new(Stream(socket));

    public override ValueTask<DuplexTransport?> ConnectTransportAsync(EndPoint endpoint, ConnectionType connectionType, TlsOptions tls, CancellationToken cancellationToken) => new(Transport());
}
