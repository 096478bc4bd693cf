using System.Diagnostics;

namespace StreamPipes.PipeStreams;

/// <summary>
/// The turn to use a pipe's reader: a second operation is refused, and a dispose learns, in the step that closes the turn, what the one
/// under way is doing with the reader.
/// </summary>
/// <remarks>
/// <para>One word; every change is one compare-and-swap, so either the operation's next step or the dispose comes first, and the other one knows.</para>
/// <code>
///              TryEnter               TryHold
///       None  --------->  Waiting  -------------->  Taking, Lending
///        ^                 |   ^                        |   |
///        |      Exit       |   +------------------------+   |
///        +-----------------+      TryResume, a copy's       |
///        +--------------------------------------------------+
///                              Exit
/// </code>
/// <para>Close freezes the step: of the edges only Exit is left. Where it met Taking or Lending, the pipe's memory is still in use, and Exit says so
/// to the operation that holds it.</para>
/// </remarks>
internal sealed class ReaderTurn
{
    private const int UseMask = 3;
    private const int Closed = 1 << 2;

    private int _state;

    /// <summary>Any thread.</summary>
    public bool IsClosed => (Volatile.Read(ref _state) & Closed) != 0;

    /// <summary>Any thread: begins an operation, if there is none and the turn is not closed.</summary>
    public bool TryEnter() => Interlocked.CompareExchange(ref _state, (int)ReaderUse.Waiting, (int)ReaderUse.None) == (int)ReaderUse.None;

    /// <summary>Holder: what was read may be used, unless the turn has been closed.</summary>
    public bool TryHold(ReaderUse use)
    {
        Debug.Assert(use is ReaderUse.Taking or ReaderUse.Lending, "Waiting holds nothing.");
        Debug.Assert((_state & UseMask) == (int)ReaderUse.Waiting, "Only what was waited for is held.");
        return Interlocked.CompareExchange(ref _state, (int)use, (int)ReaderUse.Waiting) == (int)ReaderUse.Waiting;
    }

    /// <summary>Holder: a copy waits for more, unless the turn has been closed.</summary>
    public bool TryResume() => Interlocked.CompareExchange(ref _state, (int)ReaderUse.Waiting, (int)ReaderUse.Lending) == (int)ReaderUse.Lending;

    /// <summary>Holder: ends the operation.</summary>
    /// <param name="metBy">What the operation was doing when a dispose closed the turn.</param>
    /// <returns>Whether a dispose has closed the turn meanwhile.</returns>
    public bool Exit(out ReaderUse metBy)
    {
        while (true)
        {
            int state = Volatile.Read(ref _state);
            Debug.Assert((state & UseMask) != 0, "Only the holder ends its operation.");
            metBy = (ReaderUse)(state & UseMask);
            if (Interlocked.CompareExchange(ref _state, state & Closed, state) == state) return (state & Closed) != 0;
        }
    }

    /// <summary>The dispose, once: from now on no operation begins, and none takes anything more.</summary>
    /// <returns>What the operation under way is doing.</returns>
    public ReaderUse Close()
    {
        while (true)
        {
            int state = Volatile.Read(ref _state);
            Debug.Assert((state & Closed) == 0, "Closed once.");
            if (Interlocked.CompareExchange(ref _state, state | Closed, state) == state) return (ReaderUse)(state & UseMask);
        }
    }
}
