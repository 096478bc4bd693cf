using System.Buffers;
using System.IO.Pipelines;
using StreamPipes;

namespace RedisTls;

/// <summary>One client of the embedded server: reads all the commands that have arrived, answers them, flushes once.</summary>
internal sealed class ServerSession : IAsyncDisposable
{
    private readonly PipeConnection _connection;
    private readonly RespCommandParser _parser;
    private readonly List<ServerReply> _replies = [];
    private readonly HashSet<string> _channels = new(StringComparer.Ordinal);
    private bool _isOver;

    public ServerSession(PipeConnection connection, RespServer server, long id)
    {
        _connection = connection;
        _parser = new RespCommandParser(server.Options.Limits);
        Output = new ServerOutput(connection.Output, server.Options.MaxQueuedMessages);
        Server = server;
        Id = id;
        IsLoggedIn = server.Options.Password is null;
    }

    public RespServer Server { get; }

    public ServerOutput Output { get; }

    public long Id { get; }

    public bool IsLoggedIn { get; set; }

    public string Name { get; set; } = "";

    public int SubscriptionCount => _channels.Count;

    public IReadOnlyCollection<string> Channels => _channels;

    /// <summary>Serves until the client ends, or the server stops, which is an <see cref="OperationCanceledException"/>.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        PipeReader input = _connection.Input;
        while (!_isOver)
        {
            ReadResult result = await input.ReadAsync(stopping);
            if (result.IsCompleted && result.Buffer.IsEmpty) return;

            // Taken before the commands run: what SUBSCRIBE lets in must not overtake its confirmation.
            using ServerOutput.Turn turn = await Output.TakeTurnAsync();
            ReadOnlySequence<byte> buffer = result.Buffer;
            Execute(ref buffer);
            input.AdvanceTo(buffer.Start, buffer.End);
            if (_replies.Count > 0) await Output.SendAsync(_replies, CancellationToken.None);
            _replies.Clear();
            if (result.IsCompleted) return;
        }
    }

    public void Reply(RespValue value) => _replies.Add(new ServerReply(value, Output.Protocol));

    /// <summary>Ends the session once the replies so far have been sent.</summary>
    public void EndAfterReplies() => _isOver = true;

    /// <summary>Hands over a published message; may be called from any thread. A client that does not keep up is thrown out, as Redis does it.</summary>
    public void Post(RespValue message)
    {
        if (!Output.TryPost(message)) _connection.Abort(new IOException("The subscriber does not keep up."));
    }

    public void Subscribe(string channel)
    {
        if (_channels.Add(channel)) Server.Hub.Add(channel, this);
        Output.StartPosting();
    }

    public void Unsubscribe(string channel)
    {
        if (_channels.Remove(channel)) Server.Hub.Remove(channel, this);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (string channel in _channels) Server.Hub.Remove(channel, this);

        // First the queue of messages, which writes to the connection, then the connection.
        await Output.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private void Execute(ref ReadOnlySequence<byte> buffer)
    {
        try
        {
            while (!_isOver && _parser.TryParse(ref buffer, out byte[][]? command)) CommandTable.Execute(this, command);
        }
        catch (ProtocolException exception)
        {
            Reply(RespValue.Error($"ERR Protocol error: {exception.Message}"));
            EndAfterReplies();
        }
    }
}
