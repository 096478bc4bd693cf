using System.Diagnostics;
using StreamPipes.PipeStreams;

namespace StreamPipes.Tests.PipeStreams;

/// <summary>The turn of the writers of a stream over a pipe: nobody is forgotten, neither a waiter nor pending bytes.</summary>
public sealed class WriterTurnTests : IFlushQueue
{
    private readonly WriterTurn _turn;
    private int _queued;

    public WriterTurnTests() => _turn = new WriterTurn(this);

    void IFlushQueue.QueueFlush() => Interlocked.Increment(ref _queued);

    [Fact]
    public void A_turn_given_back_with_pending_bytes_queues_one_flush_however_many_follow()
    {
        for (int i = 0; i < 3; i++) Coalesce(1);

        _queued.Should().Be(1);
        _turn.TryEnterQueued(WriterUse.Flush).Should().BeTrue("three bytes are pending");
        _turn.PendingBytes.Should().Be(3);
    }

    [Fact]
    public void A_queued_flush_that_finds_the_turn_taken_is_queued_again_when_the_turn_is_given_back()
    {
        Coalesce(1);
        _turn.TryEnter(WriterUse.CancellableFlush).Should().BeTrue();

        _turn.TryEnterQueued(WriterUse.Flush).Should().BeFalse("somebody writes");
        _turn.Exit();

        _queued.Should().Be(2, "the byte is still pending");
        _turn.TryEnterQueued(WriterUse.Flush).Should().BeTrue();
    }

    [Fact]
    public void A_queued_flush_finds_nothing_to_do_once_the_bytes_have_been_flushed()
    {
        Coalesce(1);
        _turn.TryEnterPending(WriterUse.Flush).Should().BeTrue();
        _turn.PendingBytes = 0;
        _turn.Exit();

        _turn.TryEnterQueued(WriterUse.Flush).Should().BeFalse();

        _turn.TryEnterPending(WriterUse.Flush).Should().BeFalse("nothing is pending");
        _turn.TryEnter(WriterUse.Flush).Should().BeTrue("and nobody has the turn");
        _queued.Should().Be(1);
    }

    [Fact]
    public async Task Pending_bytes_are_the_next_holders_and_queued_by_the_last()
    {
        _turn.TryEnter(WriterUse.Flush).Should().BeTrue();
        Task<bool> second = _turn.EnterAsync(WriterUse.Flush, CancellationToken.None).AsTask();
        _turn.PendingBytes = 5;
        _turn.Exit();
        (await second.Guarded()).Should().BeTrue();
        _queued.Should().Be(0, "the second one may flush them");

        _turn.Exit();

        _queued.Should().Be(1);
    }

    [Fact]
    public async Task A_waiter_whose_token_fires_leaves_the_turn_to_the_one_behind_it()
    {
        using CancellationTokenSource source = new();
        _turn.TryEnter(WriterUse.Flush).Should().BeTrue();
        Task<bool> second = _turn.EnterAsync(WriterUse.Flush, source.Token).AsTask();
        Task<bool> third = _turn.EnterAsync(WriterUse.Flush, CancellationToken.None).AsTask();

        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.Guarded());
        third.IsCompleted.Should().BeFalse();
        _turn.Exit();

        (await third.Guarded()).Should().BeTrue();
        _turn.Exit();
        _turn.TryEnter(WriterUse.Flush).Should().BeTrue("nobody waits any more");
    }

    [Fact]
    public async Task A_token_that_fires_while_the_turn_is_handed_over_costs_nobody_the_turn()
    {
        for (int round = 0; round < 2000; round++)
        {
            using CancellationTokenSource source = new();
            _turn.TryEnter(WriterUse.Flush).Should().BeTrue("of round {0}", round);
            Task<bool> waiter = _turn.EnterAsync(WriterUse.Flush, source.Token).AsTask();
            Task canceling = Task.Run(source.Cancel, CancellationToken.None);

            _turn.Exit();

            await canceling.Guarded();
            if (await Thrown.ByAsync(() => waiter.Guarded()) is null) _turn.Exit();
        }
    }

    [Fact]
    public async Task After_the_close_waiters_learn_that_they_are_too_late_and_nothing_is_queued()
    {
        _turn.TryEnter(WriterUse.CancellableFlush).Should().BeTrue();
        Task<bool> waiter = _turn.EnterAsync(WriterUse.Flush, CancellationToken.None).AsTask();

        _turn.Close(out WriterUse use).Should().BeFalse("the turn is taken");
        use.Should().Be(WriterUse.CancellableFlush);
        Task disposing = _turn.WaitAsync(CancellationToken.None).AsTask();
        _turn.PendingBytes = 7;
        _turn.Exit();

        (await waiter.Guarded()).Should().BeFalse();
        await disposing.Guarded();
        _turn.TryEnter(WriterUse.Flush).Should().BeFalse();
        _turn.Exit();
        _turn.TryEnter(WriterUse.Flush).Should().BeFalse("it stays closed");
        _queued.Should().Be(0);
    }

    [Fact]
    public void A_close_takes_a_turn_that_is_free()
    {
        Coalesce(3);

        _turn.Close(out _).Should().BeTrue();

        _turn.PendingBytes.Should().Be(3);
        _turn.TryEnterQueued(WriterUse.Flush).Should().BeFalse("the dispose flushes, or nobody does");
    }

    /// <summary>
    /// The queued call against the end of a small write, again and again on two threads: where the two were separate variables without a fence between
    /// them, each now and then did not see the other, and the bytes stayed where they were.
    /// </summary>
    [Fact]
    public void Pending_bytes_never_stay_behind_when_a_queued_flush_meets_the_end_of_a_write()
    {
        const int Rounds = 50_000;
        long startedAt = Stopwatch.GetTimestamp();
        Meeting meeting = new();
        int forgotten = 0;
        bool flushes = false;
        bool isLast = false;
        Thread pool = new(() =>
        {
            bool stops;
            int round = 0;
            do
            {
                meeting.Wait();
                stops = isLast;
                Thread.SpinWait(++round % 13);
                flushes = _turn.TryEnterQueued(WriterUse.Flush);
                meeting.Wait();
            }
            while (!stops);
        });
        pool.Start();
        for (int round = 0; !isLast; round++)
        {
            Coalesce(1);
            bool holds = _turn.TryEnter(WriterUse.CancellableFlush);
            int queuedBefore = Volatile.Read(ref _queued);
            isLast = round == Rounds || Stopwatch.GetElapsedTime(startedAt) > TimeSpan.FromSeconds(1);
            meeting.Wait();
            Thread.SpinWait(round % 11);
            _turn.Exit();
            meeting.Wait();

            bool isQueuedAgain = Volatile.Read(ref _queued) != queuedBefore;
            if (!holds || flushes == isQueuedAgain) forgotten++;
            if (!flushes && !_turn.TryEnterQueued(WriterUse.Flush)) forgotten++;
            _turn.PendingBytes = 0;
            _turn.Exit();
        }

        pool.Join();
        forgotten.Should().Be(0);
    }

    private void Coalesce(int bytes)
    {
        _turn.TryEnter(WriterUse.CancellableFlush).Should().BeTrue();
        _turn.PendingBytes += bytes;
        _turn.Exit();
    }

    /// <summary>Where two threads wait for each other, and leave as nearly together as they can: spinning.</summary>
    private sealed class Meeting
    {
        private int _arrivals;

        public void Wait()
        {
            int arrival = Interlocked.Increment(ref _arrivals);
            int complete = arrival + (arrival & 1);
            SpinWait spin = default;
            while (Volatile.Read(ref _arrivals) < complete) spin.SpinOnce(sleep1Threshold: -1);
        }
    }
}
