using System.IO.Pipelines;
using StreamPipes.Exploration.Exploring;
using StreamPipes.PipeStreams;

namespace StreamPipes.Exploration.Scenarios;

/// <summary>A writer of a pipe that counts what is flushed, at once or later.</summary>
internal sealed class CountingWriter : PipeWriter
{
    private readonly byte[] _memory = new byte[8192];
    private readonly Tally _written = new("written");
    private readonly Tally _flushed = new("flushed");
    private readonly Tally _inside = new("calls inside");

    public int Flushed => _flushed.Value;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _written.Value - _flushed.Value;

    /// <summary>Whether the stream has given it back.</summary>
    public bool IsForeign { get; set; }

    public override void Advance(int bytes)
    {
        Enter();
        _written.Add(bytes);
        _inside.Add(-1);
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => _memory;

    public override Span<byte> GetSpan(int sizeHint = 0) => _memory;

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        Enter();
        _flushed.Add(_written.Value - _flushed.Value);
        _inside.Add(-1);
        return new ValueTask<FlushResult>(new FlushResult(isCanceled: false, isCompleted: false));
    }

    public override void CancelPendingFlush()
    {
    }

    public override void Complete(Exception? exception = null)
    {
    }

    private void Enter()
    {
        if (_inside.Add(1) != 1) SimulatedFailure.Throw("two calls of the writer at a time");
        if (IsForeign) SimulatedFailure.Throw("the writer is used after the stream has given it back");
    }
}

/// <summary>A stream that has written something just now, so that further writes stay pending for a while.</summary>
internal abstract class StreamScenario : Scenario
{
    protected StreamScenario()
    {
        Writes = new PipeStreamWrites(Writer, leaveOpen: true);
        Assert(IsDone(Writes.WriteAsync(new byte[1], default)), "the first write waits");
    }

    protected CountingWriter Writer { get; } = new();

    protected PipeStreamWrites Writes { get; }

    private static bool IsDone(ValueTask task) => task.IsCompletedSuccessfully;
}

/// <summary>Small writes that coalesce: without a flush, all of them are flushed in the end, by the pool.</summary>
internal sealed class StreamCoalesces : StreamScenario
{
    public override void Run() => StartAsync(
        "writer",
        async () =>
        {
            await Writes.WriteAsync(new byte[1], default);
            await Writes.WriteAsync(new byte[1], default);
        });

    public override void Check() => Assert(Writer.Flushed == 3, $"{Writer.Flushed} of 3 bytes have been flushed, and nothing will flush the rest");
}

/// <summary>The same from two threads, of which one waits for its turn, while a read has what is pending flushed.</summary>
internal sealed class StreamTwoWriters : StreamScenario
{
    public override void Run()
    {
        StartAsync("one", async () => await Writes.WriteAsync(new byte[1], default));
        StartAsync("other", async () => await Writes.FlushAsync(default));
        Start("blocking", () => Writes.Write(new byte[1]));
        Start("reader", Writes.FlushPending);
    }

    public override void Check() => Assert(Writer.Flushed == 3, $"{Writer.Flushed} of 3 bytes have been flushed, and nothing will flush the rest");
}

/// <summary>A dispose, with the pipe left open, while writes coalesce: nothing that was accepted stays behind, and nothing is touched after it.</summary>
internal sealed class StreamDisposed : StreamScenario
{
    private readonly Tally _accepted = new("accepted");
    private readonly Tally _disposed = new("disposed");

    public override void Run()
    {
        StartAsync(
            "writer",
            async () =>
            {
                try
                {
                    await Writes.WriteAsync(new byte[1], default);
                    _accepted.Add(1);
                }
                catch (ObjectDisposedException)
                {
                    // It came too late.
                }
            });
        StartAsync(
            "disposer",
            async () =>
            {
                await Writes.DisposeAsync(isAbortive: false);
                Writer.IsForeign = true;
                _disposed.Add(1);
            });
    }

    public override void Check() => Assert(_disposed.Value == 1 && Writer.Flushed >= 1 + _accepted.Value, $"{_accepted.Value + 1} bytes have been accepted and {Writer.Flushed} flushed");
}

/// <summary>A wait for the turn that is cancelled while the turn is handed over: the turn is not lost.</summary>
internal sealed class StreamTurnCanceled : Scenario
{
    private readonly CancellationTokenSource _source = new();
    private readonly WriterTurn _turn = new(new NoQueue());
    private readonly Tally _inside = new("inside");

    public override void Run()
    {
        StartAsync("one", () => UseAsync(default));
        StartAsync("cancelled", () => UseAsync(_source.Token));
        Start("canceler", _source.Cancel);
    }

    public override void Check() => Assert(_turn.TryEnter(WriterUse.Flush), "the turn has been lost");

    private async Task UseAsync(CancellationToken token)
    {
        try
        {
            if (!_turn.TryEnter(WriterUse.Flush) && !await _turn.EnterAsync(WriterUse.Flush, token)) return;
        }
        catch (OperationCanceledException)
        {
            return;
        }

        Assert(_inside.Add(1) == 1, "two have the turn");
        _inside.Add(-1);
        _turn.Exit();
    }

    private sealed class NoQueue : IFlushQueue
    {
        public void QueueFlush() => SimulatedFailure.Throw("nothing is pending");
    }
}

/// <summary>A stream reads from a pipe of the framework's; two reads and the bytes at the same time: the bytes come once, and one read may be refused.</summary>
internal sealed class StreamReadTwice : Scenario
{
    private readonly Pipe _pipe = new(new PipeOptions(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));
    private readonly PipeStreamReads _reads;
    private readonly Tally _received = new("received");
    private readonly Tally _refused = new("refused");

    public StreamReadTwice() => _reads = new PipeStreamReads(_pipe.Reader, leaveOpen: true);

    public override void Run()
    {
        StartAsync("one", ReadAsync);
        StartAsync("other", ReadAsync);
        StartAsync(
            "writer",
            async () =>
            {
                await _pipe.Writer.WriteAsync(new byte[] { 1 });
                await _pipe.Writer.WriteAsync(new byte[] { 1 });
            });
    }

    public override void Check() => Assert(_received.Value + _refused.Value >= 2 && _refused.Value <= 1, $"{_received.Value} bytes have come, and {_refused.Value} reads were refused");

    private async Task ReadAsync()
    {
        byte[] buffer = new byte[1];
        try
        {
            int count = await _reads.ReadAsync(buffer, default);
            Assert(count == 1 && buffer[0] == 1, "a false end, or a wrong byte");
            _received.Add(count);
        }
        catch (InvalidOperationException)
        {
            _refused.Add(1);
        }
    }
}

/// <summary>A stream reads from a pipe of the framework's, again and again, wherever it is resumed.</summary>
internal sealed class StreamReadsOn : Scenario
{
    private readonly Pipe _pipe = new(new PipeOptions(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));
    private readonly PipeStreamReads _reads;

    public StreamReadsOn() => _reads = new PipeStreamReads(_pipe.Reader, leaveOpen: true);

    public override void Run()
    {
        StartAsync(
            "reader",
            async () =>
            {
                byte[] buffer = new byte[1];
                for (byte i = 1; i <= 3; i++)
                {
                    int count = await _reads.ReadAsync(buffer, default);
                    Assert(count == 1 && buffer[0] == i, "a false end, or a wrong byte");
                }
            });
        StartAsync(
            "writer",
            async () =>
            {
                for (byte i = 1; i <= 3; i++) await _pipe.Writer.WriteAsync(new byte[] { i });
            });
    }
}

/// <summary>A dispose during a read of a pipe that stays open: the read ends, and no cancellation is left to the pipe's owner.</summary>
internal sealed class StreamReadDisposed : Scenario
{
    private readonly Pipe _pipe = new(new PipeOptions(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));
    private readonly PipeStreamReads _reads;

    public StreamReadDisposed() => _reads = new PipeStreamReads(_pipe.Reader, leaveOpen: true);

    public override void Run()
    {
        StartAsync(
            "reader",
            async () =>
            {
                try
                {
                    await _reads.ReadAsync(new byte[1], default);
                }
                catch (ObjectDisposedException)
                {
                    // The dispose was first.
                }
            });
        StartAsync(
            "disposer",
            async () =>
            {
                await _reads.CloseAndGiveBackAsync();
                await _pipe.Writer.WriteAsync(new byte[] { 1 });
                ReadResult left = await _pipe.Reader.ReadAsync();
                Assert(!left.IsCanceled && left.Buffer.Length >= 1, "a cancellation is left, or a byte has been lost");
                _pipe.Reader.AdvanceTo(left.Buffer.End);
            });
        StartAsync("writer", async () => await _pipe.Writer.WriteAsync(new byte[] { 1 }));
    }
}
