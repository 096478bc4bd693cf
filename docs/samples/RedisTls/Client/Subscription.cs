using System.Threading.Channels;

namespace RedisTls;

/// <summary>
/// What is published on one channel, in order. It ends with the connection's own exception; a subscriber that falls
/// <see cref="Capacity"/> messages behind gets an exception too, because to lose messages silently would be worse. Dispose it to unsubscribe.
/// </summary>
internal sealed class Subscription : IAsyncDisposable
{
    public const int Capacity = 16 * 1024;

    private readonly RedisClient _client;
    private readonly Channel<PubSubMessage> _messages = System.Threading.Channels.Channel.CreateBounded<PubSubMessage>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, SingleWriter = false });

    public Subscription(RedisClient client, string channel)
    {
        _client = client;
        Channel = channel;
    }

    public string Channel { get; }

    /// <exception cref="IOException">The connection ended, or this subscriber is too slow.</exception>
    /// <exception cref="ObjectDisposedException">The subscription was disposed.</exception>
    public async ValueTask<PubSubMessage> ReadAsync(CancellationToken cancellationToken = default)
    {
        while (await _messages.Reader.WaitToReadAsync(cancellationToken))
        {
            if (_messages.Reader.TryRead(out PubSubMessage message)) return message;
        }

        throw new ObjectDisposedException(nameof(Subscription));
    }

    public ValueTask DisposeAsync() => _client.UnsubscribeAsync(this);

    internal void Deliver(PubSubMessage message)
    {
        if (_messages.Writer.TryWrite(message)) return;
        End(new IOException($"The subscriber of '{Channel}' is more than {Capacity} messages behind."));
    }

    internal void End(Exception? reason) => _messages.Writer.TryComplete(reason);
}
