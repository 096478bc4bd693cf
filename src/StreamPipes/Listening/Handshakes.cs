namespace StreamPipes.Listening;

/// <summary>
/// The handshakes under way, the oldest first. When there are too many the oldest gives way to the newest: of those that stall it is the one that has stalled longest, and
/// an honest one takes milliseconds. So a client never waits for others to shake hands, however many of them do not.
/// </summary>
internal sealed class Handshakes
{
    private readonly int _maximum;
    private readonly object _sync = new();
    private readonly LinkedList<Handshake> _running = new();
    private bool _isOver;

    public Handshakes(int maximum) => _maximum = maximum;

    public Handshake Begin()
    {
        Handshake begun = new();
        Handshake? oldest = null;
        lock (_sync)
        {
            if (_running.Count == _maximum)
            {
                oldest = _running.First!.Value;
                _running.RemoveFirst();
            }

            _running.AddLast(begun.Node);
            if (_isOver) oldest = begun;
        }

        // Outside the lock, since a token runs what others have registered.
        if (ReferenceEquals(oldest, begun)) begun.Cancel();
        else oldest?.GiveWay();
        return begun;
    }

    public void End(Handshake handshake)
    {
        lock (_sync)
        {
            if (handshake.Node.List is not null) _running.Remove(handshake.Node);
        }
    }

    /// <summary>Ends those under way, and those that begin later.</summary>
    public void CancelAll()
    {
        Handshake[] running;
        lock (_sync)
        {
            _isOver = true;
            running = [.. _running];
        }

        foreach (Handshake handshake in running) handshake.Cancel();
    }
}
