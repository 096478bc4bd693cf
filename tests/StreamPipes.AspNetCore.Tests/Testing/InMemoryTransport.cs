using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace StreamPipes.AspNetCore.Tests.Testing;

/// <summary>A transport for Kestrel that is no socket: clients are connected in memory.</summary>
internal sealed class InMemoryTransport : EndPoint, IConnectionListenerFactory, IConnectionListenerFactorySelector, IConnectionListener
{
    private readonly Channel<ConnectionContext> _accepted = Channel.CreateUnbounded<ConnectionContext>();

    public EndPoint EndPoint => this;

    /// <summary>The client's end of a new connection.</summary>
    public Stream Connect()
    {
        (System.IO.Pipelines.IDuplexPipe client, System.IO.Pipelines.IDuplexPipe server) = DuplexPipe.CreatePair();
        _accepted.Writer.TryWrite(new PipeConnectionContext(StreamConnection.Create(server.AsStream()), this, this));
        return client.AsStream();
    }

    public bool CanBind(EndPoint endpoint) => endpoint == this;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => new(this);

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await _accepted.Reader.WaitToReadAsync(cancellationToken) && _accepted.Reader.TryRead(out ConnectionContext? connection) ? connection : null;

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _accepted.Writer.TryComplete();
        return default;
    }

    public ValueTask DisposeAsync() => UnbindAsync();
}
