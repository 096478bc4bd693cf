using System.Diagnostics;

namespace StreamPipes.PipeStreams;

/// <summary>
/// The turn to use a pipe's writer: one holder at a time, the others in order. Bytes that a holder leaves in the writer unflushed are
/// flushed later in the background, and that cannot be forgotten.
/// </summary>
/// <remarks>
/// <para>Everything that more than one thread decides on is one word, and every change of it is one compare-and-swap. There are no two
/// variables that one thread writes and another reads the other way round, so no use needs a fence of its own.</para>
/// <code>
///                     TryEnter, TryEnterPending, TryEnterQueued
///         free  ----------------------------------------------->  Taken  --+
///           ^                                                     ^        |  Exit with waiters: the first one's now
///           |   Exit; with pending bytes sets Pending and Queued  |  ------+
///           +-----------------------------------------------------+
///
///     Pending     free with coalesced bytes in the writer
///     Queued      a call of TryEnterQueued is on its way; it clears the bit in the same step that enters, or finds the turn taken
///     Closed      set once; from then on nothing enters but waiters, which learn that they are too late, and the dispose itself
///     WriterUse   what the holder does; the holder's
///     the rest    how many wait
/// </code>
/// <para>The invariant: free, Pending and not Closed implies Queued. Exit sets both bits in one step; TryEnterQueued, the only one to clear
/// Queued, either enters in the same step or finds the turn taken, whose Exit then queues again.</para>
/// <para>A waiter is counted in the word and waits in the semaphore. Exit hands the turn over by taking one off the count and releasing the
/// semaphore once, so those who wait there are always as many as the count and the unused releases together.</para>
/// </remarks>
internal sealed class WriterTurn
{
    private const int Taken = 1 << 0;
    private const int UseMask = (int)WriterUse.CancellableFlush | (int)WriterUse.Completion;
    private const int Pending = 1 << 3;
    private const int Queued = 1 << 4;
    private const int Closed = 1 << 5;
    private const int Waiter = 1 << 6;

    private readonly IFlushQueue _queue;
    private readonly SemaphoreSlim _handedOver = new(0);
    private int _state;

    public WriterTurn(IFlushQueue queue) => _queue = queue;

    /// <summary>Holder: how many bytes are in the writer that have not been flushed.</summary>
    public int PendingBytes { get; set; }

    /// <summary>Any thread.</summary>
    public bool IsClosed => (Volatile.Read(ref _state) & Closed) != 0;

    /// <summary>Any thread: takes the turn if it is free, and not closed.</summary>
    public bool TryEnter(WriterUse use)
    {
        int state = Volatile.Read(ref _state);
        while ((state & (Taken | Closed)) == 0)
        {
            int seen = Interlocked.CompareExchange(ref _state, state | Taken | (int)use, state);
            if (seen == state) return true;
            state = seen;
        }

        return false;
    }

    /// <summary>Any thread: takes the turn if it is free and there are pending bytes.</summary>
    public bool TryEnterPending(WriterUse use) => (Volatile.Read(ref _state) & Pending) != 0 && TryEnter(use);

    /// <summary>The call that <see cref="IFlushQueue.QueueFlush"/> asked for: takes the turn if there are pending bytes that no holder is sure to see.</summary>
    public bool TryEnterQueued(WriterUse use)
    {
        while (true)
        {
            int state = Volatile.Read(ref _state);
            Debug.Assert((state & Queued) != 0, "Only a queued call comes here.");
            bool enters = (state & (Taken | Closed | Pending)) == Pending;
            int next = state & ~Queued;
            if (enters) next |= Taken | (int)use;
            if (Interlocked.CompareExchange(ref _state, next, state) == state) return enters;
        }
    }

    /// <summary>Any thread: waits for the turn, blocking.</summary>
    /// <returns>Whether it is the caller's: not once it is closed.</returns>
    public bool Enter(WriterUse use)
    {
        if (!TryEnterOrWait()) _handedOver.Wait();
        return TryBegin(use);
    }

    /// <inheritdoc cref="Enter"/>
    public async ValueTask<bool> EnterAsync(WriterUse use, CancellationToken cancellationToken)
    {
        await WaitAsync(cancellationToken).ConfigureAwait(false);
        return TryBegin(use);
    }

    /// <summary>The dispose: waits for the turn, closed or not.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        if (TryEnterOrWait()) return;
        try
        {
            await _handedOver.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The turn may have been handed over to this caller: then the release is there already, or comes at once.
            if (!TryStopWaiting())
            {
                await _handedOver.WaitAsync(CancellationToken.None).ConfigureAwait(false);
                Exit();
            }

            throw;
        }
    }

    /// <summary>Holder: gives the turn to the first waiter, or frees it and has the pending bytes flushed in the background.</summary>
    public void Exit()
    {
        while (true)
        {
            int state = Volatile.Read(ref _state);
            Debug.Assert((state & Taken) != 0, "Only the holder gives the turn back.");
            bool handsOver = state >= Waiter;
            bool isPending = !handsOver && PendingBytes > 0 && (state & Closed) == 0;
            int next = state & ~(Taken | UseMask | Pending);
            if (handsOver) next += Taken - Waiter;
            if (isPending) next |= Pending | Queued;
            if (Interlocked.CompareExchange(ref _state, next, state) != state) continue;
            if (handsOver) _handedOver.Release();
            else if (isPending && (state & Queued) == 0) _queue.QueueFlush();
            return;
        }
    }

    /// <summary>The dispose, once: closes the turn, and takes it if it is free.</summary>
    /// <param name="use">Where the turn is taken, what its holder does.</param>
    /// <returns>Whether the turn is the caller's.</returns>
    public bool Close(out WriterUse use)
    {
        while (true)
        {
            int state = Volatile.Read(ref _state);
            Debug.Assert((state & Closed) == 0, "Closed once.");
            use = (WriterUse)(state & UseMask);
            if (Interlocked.CompareExchange(ref _state, state | Closed | Taken, state) == state) return (state & Taken) == 0;
        }
    }

    /// <summary>Takes the turn, or joins those who wait for it.</summary>
    private bool TryEnterOrWait()
    {
        while (true)
        {
            int state = Volatile.Read(ref _state);
            bool isFree = (state & Taken) == 0;
            if (Interlocked.CompareExchange(ref _state, isFree ? state | Taken : state + Waiter, state) == state) return isFree;
        }
    }

    /// <returns>False if the turn has been handed over to a waiter that is no longer counted: the caller.</returns>
    private bool TryStopWaiting()
    {
        while (true)
        {
            int state = Volatile.Read(ref _state);
            if (state < Waiter) return false;
            if (Interlocked.CompareExchange(ref _state, state - Waiter, state) == state) return true;
        }
    }

    /// <summary>The new holder, after a wait: says what it does, in the same step that finds out whether it came too late.</summary>
    private bool TryBegin(WriterUse use)
    {
        while (true)
        {
            int state = Volatile.Read(ref _state);
            if ((state & Closed) != 0)
            {
                Exit();
                return false;
            }

            if (Interlocked.CompareExchange(ref _state, state | (int)use, state) == state) return true;
        }
    }
}
