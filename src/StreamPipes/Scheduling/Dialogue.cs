namespace StreamPipes.Scheduling;

/// <summary>
/// Guesses whether this side sends one message and then waits for the answer, in turns. Then the writer's thread runs the send pump at once, since it
/// would lend itself a moment later anyway, and the receive pump runs the reader before its next read, since nothing comes until the reader has answered.
/// </summary>
/// <remarks>
/// Its counts are plain fields that the writer's and the reader's thread share. In a dialogue the two are one flow, so that each sees what it wrote
/// itself. Where they are not, a count may be lost: the guess is then wrong for a round, which costs a thread hop or a read that finds nothing, and no
/// more than that, since whatever is signalled is looked at again. Only the end is ordered: a dialogue that has ended stays so.
/// </remarks>
internal sealed class Dialogue
{
    private const int SureAfter = 2;

    private readonly PumpSignal _sending;
    private readonly bool _lendsThreads;
    private int _flushesSinceWait;
    private int _rounds;
    private bool _isReaderWaiting;
    private volatile bool _hasEnded;

    /// <param name="sending">The send pump's signal.</param>
    /// <param name="lendsThreads">Whether a caller's thread may run a pump: the transport never blocks.</param>
    public Dialogue(PumpSignal sending, bool lendsThreads)
    {
        _sending = sending;
        _lendsThreads = lendsThreads;
    }

    /// <summary>Any thread: whether each flush has been followed by a wait for the answer.</summary>
    public bool IsOn => _rounds >= SureAfter && !_hasEnded;

    /// <summary>Any thread: whether the output was completed, after which no dialogue continues.</summary>
    public bool HasEnded => _hasEnded;

    /// <summary>Writer, after each flush.</summary>
    /// <returns>Whether the writer's thread runs the send pump now: this is its one message, and no other thread waits for the answer.</returns>
    public bool NoteFlush() => ++_flushesSinceWait == 1 && IsOn && !_isReaderWaiting && _lendsThreads;

    /// <summary>Reader, before it waits: what waits to be sent is sent first, by its thread.</summary>
    public void NoteWait()
    {
        if (_flushesSinceWait != 0) _rounds = _flushesSinceWait == 1 ? Math.Min(_rounds + 1, SureAfter) : 0;
        _flushesSinceWait = 0;
        _isReaderWaiting = true;
        if (_lendsThreads) _sending.TryRunQueued();
    }

    /// <summary>Reader: it waits no more.</summary>
    public void NoteRead() => _isReaderWaiting = false;

    /// <summary>The monitor: the reader has not come back for long, so that the guess has to be earned again.</summary>
    public void Doubt() => _rounds = 0;

    /// <summary>Any thread.</summary>
    public void End() => _hasEnded = true;
}
