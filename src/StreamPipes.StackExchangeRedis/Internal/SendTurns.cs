using System.IO.Pipelines;

namespace StreamPipes.StackExchangeRedis.Internal;

/// <summary>
/// Which thread writes to the socket: the caller's, as long as commands and replies come in turns, because a lone caller has nothing else to do meanwhile;
/// otherwise one of the pool, so that what many callers write in the meantime shares the next write.
/// </summary>
/// <remarks>
/// Its counts are plain fields that the writer's and the reader's thread share, and a count may be lost. The guess is then wrong for a round, which costs a thread
/// hop or a write of its own.
/// </remarks>
internal sealed class SendTurns : PipeScheduler
{
    private const int SureAfter = 2;

    private int _flushesSinceRead;
    private int _turns;

    /// <summary>Writer, before each flush.</summary>
    public void NoteFlush() => _flushesSinceRead++;

    /// <summary>Reader, before it hands over what has come.</summary>
    public void NoteRead()
    {
        if (_flushesSinceRead != 0) _turns = _flushesSinceRead == 1 ? Math.Min(_turns + 1, SureAfter) : 0;
        _flushesSinceRead = 0;
    }

    public override void Schedule(Action<object?> action, object? state)
    {
        if (_flushesSinceRead == 1 && _turns >= SureAfter) action(state);
        else ThreadPool.Schedule(action, state);
    }
}
