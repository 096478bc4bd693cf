using System.Diagnostics;
using System.IO.Pipelines;
using System.Runtime.ExceptionServices;
using StreamPipes.Common;

namespace StreamPipes.Sending;

/// <summary>The turn to use a pipe's writer, which its holder also uses for those who wait: their messages go before the holder's flush, which is theirs as well.</summary>
/// <remarks>
/// <para>One lock, held for a few instructions and never while the writer or a caller is called, guards who has the turn, who waits, and the spare objects. The writer, the group
/// that shares the flush under way, and that flush belong to the holder.</para>
/// <code>
///           WriteAsync, LeaseAsync, CompleteAsync: the caller's thread holds the turn
///  Free -----------------------------------------------------------------------------> Writing
///    ^                                                                                  | ^
///    |  no caller waits                                                                 | |
///    +----------------------------------------------------------------------------------+ |
///                                                                                       | |
///    the flush has to wait; its completion continues                       Flushing &lt;---+ | ---> Writing
///    others wait, and the holder is a caller, who is kept no longer        Queued   &lt;---+ | ---> Writing, on the thread pool
///    a lease; its holder commits or disposes it                            Leased   &lt;---+ | ---> Writing
///    the writer has thrown, or is completed                                Ended    &lt;---+
/// </code>
/// <para>A message is Begun, under the lock, before its first byte is written, and its token has no say from then on. Only a holder in Writing begins one.</para>
/// </remarks>
internal sealed class SharedWrites : IThreadPoolWorkItem, PipeWriterLease.ILessor
{
    /// <summary>As much as one good write of a stream takes: what is beyond it waits for the next flush, and with it for room.</summary>
    private const long EnoughForAFlush = 32 * 1024;

    private const int MostSpares = 256;

    private readonly PipeWriter _writer;
    private readonly Action _onFlushed;
    private readonly object _sync = new();

    // Under the lock.
    private Turn _turn;
    private SharedWrite? _first;
    private SharedWrite? _last;
    private SharedWrite? _spare;
    private int _spares;
    private int _leases;
    private int _leased;
    private ExceptionDispatchInfo? _end;

    // The holder's.
    private SharedWrite? _group;
    private SharedWrite? _groupLast;
    private ValueTask<FlushResult> _flush;
    private bool _isTorn;

    public SharedWrites(PipeWriter writer)
    {
        _writer = writer;
        _onFlushed = OnFlushed;
    }

    private enum Turn
    {
        Free,

        /// <summary>A thread uses the writer.</summary>
        Writing,

        /// <summary>A flush waits, and no thread uses the writer.</summary>
        Flushing,

        /// <summary>A caller fills memory of the writer.</summary>
        Leased,

        /// <summary>The thread pool is about to use the writer.</summary>
        Queued,

        /// <summary>The writer is not used any more.</summary>
        Ended,
    }

    public ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return new ValueTask<FlushResult>(Task.FromCanceled<FlushResult>(cancellationToken));
        if (!TryTake(out ExceptionDispatchInfo? end))
        {
            if (end is not null) return ObservedTask.Create<FlushResult>(end);
            return Enqueue(SharedWrite.Wish.Message, message, size: 0, cancellationToken, out end) is { } waiting ? waiting.Flushed : ObservedTask.Create<FlushResult>(end!);
        }

        try
        {
            Write(message.Span);
        }
        catch (Exception e)
        {
            return ObservedTask.Create<FlushResult>(End(e));
        }

        return FlushOwn(message.Length);
    }

    public ValueTask<PipeWriterLease> LeaseAsync(int size, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return new ValueTask<PipeWriterLease>(Task.FromCanceled<PipeWriterLease>(cancellationToken));
        if (!TryTake(out ExceptionDispatchInfo? end))
        {
            if (end is not null) return ObservedTask.Create<PipeWriterLease>(end);
            return Enqueue(SharedWrite.Wish.Lease, message: default, size, cancellationToken, out end) is { } waiting ? waiting.Leased : ObservedTask.Create<PipeWriterLease>(end!);
        }

        try
        {
            return new ValueTask<PipeWriterLease>(Grant(size));
        }
        catch (Exception e)
        {
            return ObservedTask.Create<PipeWriterLease>(End(e));
        }
    }

    public async ValueTask CompleteAsync(Exception? exception)
    {
        Exception end = exception ?? new InvalidOperationException("Writing is not allowed after the writer was completed.");
        if (TryTake(out _)) End(end);
        else if (Enqueue(SharedWrite.Wish.Completion, message: default, size: 0, CancellationToken.None, out _) is { } waiting) await EndAfterAsync(waiting, end).ConfigureAwait(false);
        await _writer.CompleteAsync(exception).ConfigureAwait(false);
    }

    ValueTask<FlushResult> PipeWriterLease.ILessor.CommitAsync(int number, int bytes)
    {
        lock (_sync)
        {
            if (_turn != Turn.Leased || _leases != number) throw new InvalidOperationException("The lease has been committed or disposed already.");
            if ((uint)bytes > (uint)_leased) throw new ArgumentOutOfRangeException(nameof(bytes), bytes, $"The lease has {_leased} bytes.");
            Move(Turn.Leased, Turn.Writing);
        }

        try
        {
            _writer.Advance(bytes);
        }
        catch (Exception e)
        {
            return ObservedTask.Create<FlushResult>(End(e));
        }

        return FlushOwn(bytes);
    }

    void PipeWriterLease.ILessor.Return(int number)
    {
        lock (_sync)
        {
            if (_turn != Turn.Leased || _leases != number) return;
            Move(Turn.Leased, Turn.Writing);
        }

        try
        {
            // Gives the memory back to a writer that keeps count of it.
            _writer.Advance(0);
        }
        catch (Exception e)
        {
            End(e);
            return;
        }

        HandOn();
    }

    /// <summary>The thread pool: serves those who wait.</summary>
    public void Execute()
    {
        lock (_sync) Move(Turn.Queued, Turn.Writing);
        Serve();
    }

    /// <summary>Any thread: takes out one who waits.</summary>
    /// <returns>Whether it was still waiting. Then the caller ends it.</returns>
    public bool TryRemove(SharedWrite write)
    {
        lock (_sync)
        {
            if (write.At != SharedWrite.Step.Waiting) return false;
            Unlink(write);
            write.At = SharedWrite.Step.Begun;
            return true;
        }
    }

    /// <summary>Any thread: keeps an object whose result has been taken.</summary>
    public void Recycle(SharedWrite write)
    {
        lock (_sync)
        {
            Debug.Assert(write.At == SharedWrite.Step.Begun, "It has been ended.");
            write.At = SharedWrite.Step.Fresh;
            if (_spares == MostSpares) return;
            write.Next = _spare;
            _spare = write;
            _spares++;
        }
    }

    /// <returns>Whether the turn was free and is the caller's now.</returns>
    private bool TryTake(out ExceptionDispatchInfo? end)
    {
        lock (_sync)
        {
            end = _end;
            if (_turn != Turn.Free) return false;
            Move(Turn.Free, Turn.Writing);
            return true;
        }
    }

    /// <returns>What waits now; <see langword="null"/> after the end.</returns>
    private SharedWrite? Enqueue(SharedWrite.Wish wanted, ReadOnlyMemory<byte> message, int size, CancellationToken cancellationToken, out ExceptionDispatchInfo? end)
    {
        SharedWrite write = Rent(SharedWrite.Step.Fresh);

        // Outside of the lock, since a token that has fired calls back at once.
        write.Prepare(wanted, message, size, cancellationToken);
        bool serves;
        lock (_sync)
        {
            end = _end;
            write.At = end is null ? SharedWrite.Step.Waiting : SharedWrite.Step.Begun;
            if (end is null) Link(write);

            // The holder may have left meanwhile.
            serves = _turn == Turn.Free;
            if (serves) Move(Turn.Free, Turn.Queued);
        }

        if (end is not null)
        {
            write.Withdraw();
            return null;
        }

        if (serves) QueueToPool();
        if (cancellationToken.IsCancellationRequested) write.Cancel();
        return write;
    }

    private SharedWrite Rent(SharedWrite.Step at)
    {
        lock (_sync)
        {
            SharedWrite write = _spare ?? new SharedWrite(this);
            if (_spare is not null)
            {
                _spare = write.Next;
                _spares--;
            }

            write.Next = null;
            write.At = at;
            return write;
        }
    }

    /// <summary>Holder, on a caller's thread, whose message has been written: flushes it together with those of who waits.</summary>
    private ValueTask<FlushResult> FlushOwn(long bytes)
    {
        ValueTask<FlushResult> flush;
        FlushResult result;
        try
        {
            WriteWaiting(bytes);
            flush = _writer.FlushAsync();
            if (!flush.IsCompleted)
            {
                SharedWrite own = Rent(SharedWrite.Step.Begun);
                ValueTask<FlushResult> flushed = own.Flushed;
                AddToGroup(own, own);
                Await(flush);
                return flushed;
            }

            result = flush.GetAwaiter().GetResult();
        }
        catch (Exception e)
        {
            return ObservedTask.Create<FlushResult>(End(e));
        }

        EndGroup(result);
        HandOn();
        return new ValueTask<FlushResult>(result);
    }

    /// <summary>Holder, on a thread that is no caller's: serves those who wait, until none is left, a flush has to wait, or one gets the turn.</summary>
    private void Serve()
    {
        while (true)
        {
            SharedWrite? successor = null;
            lock (_sync)
            {
                if (_first is null)
                {
                    Move(Turn.Writing, Turn.Free);
                    return;
                }

                if (_first.Wanted != SharedWrite.Wish.Message)
                {
                    successor = _first;
                    Unlink(successor);
                    successor.At = SharedWrite.Step.Begun;
                }
            }

            if (successor is not null)
            {
                GiveTurn(successor);
                return;
            }

            FlushResult result;
            try
            {
                WriteWaiting(bytes: 0);
                ValueTask<FlushResult> flush = _writer.FlushAsync();
                if (!flush.IsCompleted)
                {
                    Await(flush);
                    return;
                }

                result = flush.GetAwaiter().GetResult();
            }
            catch (Exception e)
            {
                End(e);
                return;
            }

            EndGroup(result);
        }
    }

    /// <summary>Holder: gives the turn to one who does with the writer what it came for.</summary>
    private void GiveTurn(SharedWrite next)
    {
        if (next.Wanted == SharedWrite.Wish.Completion)
        {
            // It is resumed with the turn in Writing, and ends it.
            next.EndWith(default(PipeWriterLease));
            return;
        }

        PipeWriterLease lease;
        try
        {
            lease = Grant(next.Size);
        }
        catch (Exception e)
        {
            AddToGroup(next, next);
            End(e);
            return;
        }

        next.EndWith(lease);
    }

    /// <summary>Holder: lends memory of the writer.</summary>
    private PipeWriterLease Grant(int size)
    {
        Memory<byte> memory = _writer.GetMemory(size);
        lock (_sync)
        {
            _leased = memory.Length;
            _leases++;
            Move(Turn.Writing, Turn.Leased);
            return new PipeWriterLease(this, _leases, memory);
        }
    }

    /// <summary>Holder: gives up the turn. A caller's thread serves no others.</summary>
    private void HandOn()
    {
        bool isQueued;
        lock (_sync)
        {
            isQueued = _first is not null;
            Move(Turn.Writing, isQueued ? Turn.Queued : Turn.Free);
        }

        if (isQueued) QueueToPool();
    }

    private void QueueToPool() => Background.Queue(this, preferLocal: false);

    /// <summary>Holder: leaves the turn to the flush's completion.</summary>
    private void Await(ValueTask<FlushResult> flush)
    {
        _flush = flush;
        lock (_sync) Move(Turn.Writing, Turn.Flushing);

        // From here on another thread may have the turn.
        flush.ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(_onFlushed);
    }

    private void OnFlushed()
    {
        lock (_sync) Move(Turn.Flushing, Turn.Writing);
        ValueTask<FlushResult> flush = _flush;
        _flush = default;
        FlushResult result;
        try
        {
            result = flush.GetAwaiter().GetResult();
        }
        catch (Exception e)
        {
            End(e);
            return;
        }

        EndGroup(result);
        Serve();
    }

    /// <summary>Holder: writes the messages of those who wait, up to the first who wants the turn itself, and not much more than one flush should have.</summary>
    private void WriteWaiting(long bytes)
    {
        while (TakeWaiting(ref bytes) is { } next)
        {
            for (SharedWrite? write = next; write is not null; write = write.Next) Write(write.Message.Span);
        }
    }

    /// <returns>Those whose messages have begun, which are in the group now.</returns>
    private SharedWrite? TakeWaiting(ref long bytes)
    {
        // Who comes right now is seen when the turn is handed on.
        if (Volatile.Read(ref _first) is null) return null;
        lock (_sync)
        {
            SharedWrite? first = _first;
            SharedWrite? last = null;
            for (SharedWrite? next = first; next is { Wanted: SharedWrite.Wish.Message } && bytes < EnoughForAFlush; next = next.Next)
            {
                next.At = SharedWrite.Step.Begun;
                next.Previous = null;
                bytes += next.Message.Length;
                last = next;
            }

            if (last is null) return null;
            _first = last.Next;
            if (_first is null) _last = null;
            else _first.Previous = null;
            last.Next = null;
            AddToGroup(first!, last);
            return first;
        }
    }

    /// <summary>Holder.</summary>
    private void Write(ReadOnlySpan<byte> message)
    {
        while (!message.IsEmpty)
        {
            Span<byte> space = _writer.GetSpan();
            int count = Math.Min(space.Length, message.Length);
            message.Slice(0, count).CopyTo(space);
            _writer.Advance(count);
            message = message.Slice(count);
            _isTorn = !message.IsEmpty;
        }
    }

    private void AddToGroup(SharedWrite first, SharedWrite last)
    {
        Debug.Assert(first.At == SharedWrite.Step.Begun && last.Next is null, "What shares a flush waits for nothing else.");
        if (_groupLast is null) _group = first;
        else _groupLast.Next = first;
        _groupLast = last;
    }

    private SharedWrite? TakeGroup()
    {
        SharedWrite? first = _group;
        _group = null;
        _groupLast = null;
        return first;
    }

    /// <summary>Holder: the flush that the group shared has completed.</summary>
    private void EndGroup(FlushResult result)
    {
        SharedWrite? write = TakeGroup();
        while (write is not null)
        {
            // Once it is ended it may be used again.
            SharedWrite? next = write.Next;
            write.EndWith(result);
            write = next;
        }
    }

    /// <summary>Holder: no one uses the writer any more, and everyone is told why.</summary>
    private ExceptionDispatchInfo End(Exception exception)
    {
        ExceptionDispatchInfo end = ExceptionDispatchInfo.Capture(exception);
        if (_isTorn) CompleteTorn(exception);
        SharedWrite? waiting;
        lock (_sync)
        {
            Move(Turn.Writing, Turn.Ended);
            _end = end;
            waiting = _first;
            _first = null;
            _last = null;
            for (SharedWrite? write = waiting; write is not null; write = write.Next) write.At = SharedWrite.Step.Begun;
        }

        EndAll(TakeGroup(), end);
        EndAll(waiting, end);
        return end;
    }

    private static void EndAll(SharedWrite? write, ExceptionDispatchInfo end)
    {
        while (write is not null)
        {
            SharedWrite? next = write.Next;
            write.EndWith(end);
            write = next;
        }
    }

    private void CompleteTorn(Exception exception)
    {
        try
        {
            _writer.Complete(exception);
        }
        catch (Exception)
        {
            // The first exception is the one to report.
        }
    }

    private async ValueTask EndAfterAsync(SharedWrite waiting, Exception end)
    {
        await waiting.Leased.ConfigureAwait(false);
        bool isHolder;
        lock (_sync) isHolder = _end is null;
        if (isHolder) End(end);
    }

    /// <summary>Under the lock.</summary>
    private void Link(SharedWrite write)
    {
        write.Previous = _last;
        if (_last is null) _first = write;
        else _last.Next = write;
        _last = write;
    }

    /// <summary>Under the lock.</summary>
    private void Unlink(SharedWrite write)
    {
        if (write.Previous is null) _first = write.Next;
        else write.Previous.Next = write.Next;
        if (write.Next is null) _last = write.Previous;
        else write.Next.Previous = write.Previous;
        write.Previous = null;
        write.Next = null;
    }

    /// <summary>Under the lock: the only way from one state to another.</summary>
    private void Move(Turn from, Turn to)
    {
        Debug.Assert(Monitor.IsEntered(_sync), "The turn changes under the lock.");
        Debug.Assert(_turn == from, "Only the holder moves the turn, from where it is.");
        Debug.Assert(IsEdge(from, to), "There is no such edge.");
        _turn = to;
    }

    private static bool IsEdge(Turn from, Turn to) => from switch
    {
        Turn.Free => to is Turn.Writing or Turn.Queued,
        Turn.Writing => to != Turn.Writing,
        Turn.Ended => false,
        _ => to == Turn.Writing,
    };
}
