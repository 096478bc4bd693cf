using System.Buffers;
using System.IO.Pipelines;
using StreamPipes;

namespace RedisTls;

/// <summary>
/// One connection, any number of concurrent callers. Each writes its command when it is its turn and waits for its own reply; commands that are
/// written while others are on their way share the next write of the connection, which is what makes pipelining fast.
/// </summary>
internal sealed class RedisClient : IAsyncDisposable
{
    private readonly PipeConnection _connection;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly PendingReplies _pending = new();
    private readonly Subscriptions _subscriptions = new();
    private readonly Task _reading;
    private Task? _closing;
    private volatile int _protocol = 2;

    public RedisClient(PipeConnection connection)
    {
        _connection = connection;
        _reading = ReadRepliesAsync();
    }

    public int Protocol => _protocol;

    /// <summary>How long <see cref="DisposeAsync"/> waits for the server's farewell.</summary>
    public TimeSpan QuitTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Sends a command and gives the server's reply.</summary>
    /// <param name="command">The name and the arguments.</param>
    /// <param name="cancellationToken">Ends the wait. A command that was begun is sent whole all the same, and its reply is dropped.</param>
    /// <exception cref="RedisErrorException">The server answered with an error.</exception>
    public async Task<RespValue> SendAsync(RespArgument[] command, CancellationToken cancellationToken = default)
    {
        PendingReply pending = await WriteAsync(command, isSubscription: false, cancellationToken);
        return await ReplyAsync(pending, cancellationToken);
    }

    public async Task SwitchToResp3Async(RespArgument[] hello, CancellationToken cancellationToken = default)
    {
        RespValue reply = await SendAsync(hello, cancellationToken);
        if (reply.Kind == RespKind.Map) _protocol = 3;
    }

    /// <summary>
    /// Subscribes a channel. In RESP3 the connection can be used for everything else meanwhile; in RESP2 the server takes little but more
    /// subscriptions on it.
    /// </summary>
    public async Task<Subscription> SubscribeAsync(string channel, CancellationToken cancellationToken = default)
    {
        // Added first: a message may come right behind the confirmation.
        Subscription subscription = new(this, channel);
        _subscriptions.Add(subscription);
        PendingReply? pending = null;
        try
        {
            pending = await WriteAsync(["SUBSCRIBE", channel], isSubscription: true, cancellationToken);
            await ReplyAsync(pending, cancellationToken);
            return subscription;
        }
        catch (OperationCanceledException) when (pending is not null)
        {
            // The server has subscribed us, or is about to. Until it has taken that back, its messages must be known as messages.
            _ = UnsubscribeAsync(subscription).AsTask();
            throw;
        }
        catch
        {
            _subscriptions.Remove(subscription);
            throw;
        }
    }

    /// <summary>Says QUIT, which the server answers after everything before it, and closes the connection. Never throws an error of it.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_pending) _closing ??= CloseAsync();
        return new ValueTask(_closing);
    }

    internal async ValueTask UnsubscribeAsync(Subscription subscription)
    {
        subscription.End(null);
        try
        {
            PendingReply pending = await WriteAsync(["UNSUBSCRIBE", subscription.Channel], isSubscription: true, CancellationToken.None);
            await pending.Task;
        }
        catch (Exception)
        {
            // Only the end of the connection gets here, and the subscription has ended with it.
        }

        _subscriptions.Remove(subscription);
    }

    private static async Task<RespValue> ReplyAsync(PendingReply pending, CancellationToken cancellationToken)
    {
        RespValue reply = await pending.Task.WaitAsync(cancellationToken);
        return reply.IsError ? throw new RedisErrorException(reply.Text) : reply;
    }

    private async ValueTask<PendingReply> WriteAsync(RespArgument[] command, bool isSubscription, CancellationToken cancellationToken)
    {
        // The turn covers the flush too: a large value goes out in pieces, and nobody's command may get between them.
        await _turn.WaitAsync(cancellationToken);
        try
        {
            PendingReply pending = _pending.Add(isSubscription);
            if (pending.Task.IsFaulted) return pending;
            await RespWriter.WriteCommandAsync(_connection.Output, command);
            await RespWriter.FlushAsync(_connection.Output, CancellationToken.None);
            return pending;
        }
        catch (Exception exception)
        {
            // Nobody is to write after a command that was cut off. Replies that are on their way still reach those who wait for them.
            _pending.Close(exception);
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task ReadRepliesAsync()
    {
        Exception end;
        try
        {
            end = await ReadToEndAsync(_connection.Input);
        }
        catch (Exception exception)
        {
            end = exception;
        }

        // After bytes that made no sense nothing that follows can be trusted; for a connection that has failed by itself this does nothing.
        if (end is not EndOfStreamException) _connection.Abort(end);
        _pending.Fail(end);
        _subscriptions.Fail(end);
    }

    private async Task<EndOfStreamException> ReadToEndAsync(PipeReader input)
    {
        RespParser parser = new(RespLimits.Default);
        while (true)
        {
            ReadResult result = await input.ReadAsync();
            ReadOnlySequence<byte> buffer = result.Buffer;
            while (parser.TryParse(ref buffer, out RespValue? value)) Dispatch(value);
            bool isClean = buffer.IsEmpty && !parser.IsInsideValue;
            input.AdvanceTo(buffer.Start, buffer.End);
            if (!result.IsCompleted) continue;
            return new EndOfStreamException(isClean ? "The server closed the connection." : "The server closed the connection in the middle of a reply.");
        }
    }

    private void Dispatch(RespValue value)
    {
        if (_subscriptions.TryDeliver(value, _protocol)) return;

        // Pushes nobody here asked for (invalidated keys, say) are not answers.
        if (value.Kind == RespKind.Push && !(Subscriptions.IsConfirmation(value) && _pending.NextIsSubscription)) return;
        if (!_pending.TryTake(out PendingReply? pending)) throw new ProtocolException("A reply came that no command asked for.");
        pending.SetResult(value);
    }

    private async Task CloseAsync()
    {
        using CancellationTokenSource limit = new(QuitTimeout);
        try
        {
            PendingReply quit = await WriteAsync(["QUIT"], isSubscription: false, limit.Token);
            _pending.Close(new ObjectDisposedException(nameof(RedisClient)));
            await quit.Task.WaitAsync(limit.Token);
            await _reading.WaitAsync(limit.Token);
        }
        catch (Exception)
        {
            // The connection is lost, or the server does not answer: there is nothing left to close in order.
            _pending.Close(new ObjectDisposedException(nameof(RedisClient)));
            _connection.Abort();
        }

        await _reading;
        await _connection.DisposeAsync();
    }
}
