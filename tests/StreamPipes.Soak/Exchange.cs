using System.Net.Sockets;

namespace StreamPipes.Soak;

/// <summary>One connection from the handshake to its end, as planned, with a look at everything the lifetime table promises on the way.</summary>
internal sealed class Exchange
{
    private readonly Plan _plan;
    private readonly Meters _meters;
    private readonly Tally _tally;
    private readonly Progress _opening = new("opening");
    private Side? _client;
    private Side? _server;

    public Exchange(Plan plan, Meters meters, Tally tally)
    {
        _plan = plan;
        _meters = meters;
        _tally = tally;
    }

    /// <summary>How long nobody in it has made a step.</summary>
    public TimeSpan Silence => _client is null || _server is null
        ? _opening.Silence
        : new[] { _client.Sending.Silence, _client.Receiving.Silence, _server.Sending.Silence, _server.Receiving.Silence }.Min();

    public async Task RunAsync(Listeners listeners)
    {
        _opening.Report("connecting");
        (Socket client, Socket server) = await listeners.ConnectAsync(_plan.Slot);
        _opening.Report("in its handshake");
        Task<End> connecting = End.OpenAsync(_plan.Client, client, isClient: true, _plan.Protocol, _meters);
        Task<End> accepting = End.OpenAsync(_plan.Server, server, isClient: false, _plan.Protocol, _meters);
        await Task.WhenAll(connecting, accepting);
        Content toServer = new(Hash.Of((ulong)_plan.Client.Seed, 1));
        Content toClient = new(Hash.Of((ulong)_plan.Server.Seed, 2));
        _client = new Side("client", await connecting, new Content(Hash.Of((ulong)_plan.Client.Seed, 1)), toClient, _tally);
        _server = new Side("server", await accepting, new Content(Hash.Of((ulong)_plan.Server.Seed, 2)), toServer, _tally);

        _tally.Opened();
        try
        {
            await PlayAsync(_plan.ActorIsClient ? _client : _server, _plan.ActorIsClient ? _server : _client);
        }
        catch
        {
            // It has failed and is reported. What it leaves must not be counted as left by the others.
            _client.Connection.Abort();
            _server.Connection.Abort();
            throw;
        }
        finally
        {
            _tally.Closed();
        }

        _tally.Ended(_plan, _client.Receiver.Received + _server.Receiver.Received);
    }

    public override string ToString() => _client is null || _server is null
        ? $"{_plan}{Environment.NewLine}  {_opening}"
        : $"{_plan}{Environment.NewLine}  {_client}{Environment.NewLine}  {_server}";

    private Task PlayAsync(Side actor, Side other) => _plan.Finish switch
    {
        Finish.Orderly => Endings.OrderlyAsync(actor, other),
        Finish.OneAfterTheOther => Endings.OneAfterTheOtherAsync(actor, other),
        Finish.InputFirst => Endings.InputFirstAsync(actor, other, _plan.Cut),
        Finish.Dispose => Endings.DisposeAsync(actor, other, _plan.Cut),
        Finish.Abort => Endings.BreakAsync(actor, other, _plan.Cut, static end => end.Connection.Abort(), CloseReason.Aborted, _tally),
        Finish.OutputFault => Endings.BreakAsync(actor, other, _plan.Cut, static end => end.Connection.Output.Complete(new InvalidDataException("the source broke")), CloseReason.Aborted, _tally),
        Finish.Reset => Endings.BreakAsync(actor, other, _plan.Cut, static end => end.Reset(), reason: null, _tally),
        _ => throw new InvalidOperationException($"{_plan.Finish}?"),
    };
}
