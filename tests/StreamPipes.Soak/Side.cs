namespace StreamPipes.Soak;

/// <summary>An end, with its sender and its receiver.</summary>
internal sealed class Side
{
    private readonly string _name;

    public Side(string name, End end, Content sent, Content expected, Tally tally)
    {
        _name = name;
        End = end;
        Sender = new Sender(end, sent, Sending, tally);
        Receiver = new Receiver(end, expected, Receiving, tally);
    }

    public Progress Sending { get; } = new("sender");

    public Progress Receiving { get; } = new("receiver");

    public End End { get; }

    public Sender Sender { get; }

    public Receiver Receiver { get; }

    public PipeConnection Connection => End.Connection;

    /// <summary>Everything, then the half-close.</summary>
    public async Task SendAllAsync()
    {
        await Sender.SendAsync(End.Plan.Bytes);
        await Sender.CompleteAsync();
    }

    public Task ReceiveAllAsync() => Receiver.ReceiveAsync(long.MaxValue, CancellationToken.None);

    /// <summary>Lets the end go, and its completion tell.</summary>
    /// <returns>What the connection ended with.</returns>
    public async Task<Exception?> CloseAsync()
    {
        Sending.Report("being disposed");
        await End.DisposeAsync();
        Sending.Report("awaited to its completion");
        Exception? fault = await Fault.OfAsync(Connection.Completion);
        Sending.Report($"gone: {Connection.CloseReason}");
        int blocks = await End.CountBlocksAsync();
        Require(blocks == 0, $"{blocks} blocks not returned");
        return fault;
    }

    public void Require(bool isSo, string what)
    {
        if (!isSo) throw new SoakException($"the {_name}: {what}; {Connection.CloseReason}, received {Receiver.Received}, sent {Sender.Sent}");
    }

    public override string ToString() => $"{_name}: {Sending}, {Receiving}, {Connection.CloseReason}";
}
