namespace StreamPipes.Exploration.MemoryModel;

/// <summary>
/// What a thread, or whoever receives a message, is bound to see: of each location the oldest message it may still read, and of each
/// thread how far that thread had come (a vector clock, by which races are found).
/// </summary>
public sealed class View
{
    private int[] _messages;
    private int[] _clocks;

    public View()
    {
        _messages = new int[16];
        _clocks = new int[8];
    }

    private View(View other)
    {
        _messages = (int[])other._messages.Clone();
        _clocks = (int[])other._clocks.Clone();
    }

    public View Copy() => new(this);

    public int MessageOf(int location) => location < _messages.Length ? _messages[location] : 0;

    public void Raise(int location, int message)
    {
        if (location >= _messages.Length) Array.Resize(ref _messages, Math.Max(location + 1, _messages.Length * 2));
        if (_messages[location] < message) _messages[location] = message;
    }

    public int ClockOf(int thread) => thread < _clocks.Length ? _clocks[thread] : 0;

    public int Tick(int thread)
    {
        if (thread >= _clocks.Length) Array.Resize(ref _clocks, Math.Max(thread + 1, _clocks.Length * 2));
        return ++_clocks[thread];
    }

    public void Join(View? other)
    {
        if (other is null) return;
        Join(ref _messages, other._messages);
        Join(ref _clocks, other._clocks);
    }

    private static void Join(ref int[] mine, int[] others)
    {
        if (mine.Length < others.Length) Array.Resize(ref mine, others.Length);
        for (int i = 0; i < others.Length; i++)
        {
            if (mine[i] < others[i]) mine[i] = others[i];
        }
    }
}
