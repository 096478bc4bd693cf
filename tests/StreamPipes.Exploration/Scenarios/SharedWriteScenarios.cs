using System.IO.Pipelines;
using StreamPipes.Exploration.Exploring;
using StreamPipes.Scheduling;
using StreamPipes.Sending;

namespace StreamPipes.Exploration.Scenarios;

/// <summary>A flush that waits until so many are allowed to end.</summary>
[Simulated]
internal sealed class FlushWait : PendingOperation<FlushResult>
{
    private readonly Exception? _error;
    private int _allowed;
    private int _target;

    public FlushWait(Exception? error)
        : base(scheduler: null, useSynchronizationContext: false) => _error = error;

    protected override bool MayBeDropped => false;

    protected override bool IsOver => Volatile.Read(ref _allowed) >= _target;

    public void Allow(int flushes)
    {
        Volatile.Write(ref _allowed, flushes);
        Wake();
    }

    public ValueTask<FlushResult> WaitFor(int target)
    {
        if (!TryReserve()) throw new InvalidOperationException("Another flush is pending.");
        _target = target;
        return Begin(default, out ValueTask<FlushResult> wait) ? wait : new ValueTask<FlushResult>(MakeResult());
    }

    protected override FlushResult MakeResult() => _error is null ? default : throw _error;
}

/// <summary>
/// A writer for one use at a time, whose position lies in plain memory: a holder of the turn without having been shown what the last holder did loses bytes.
/// </summary>
internal sealed class TurnWriter : PipeWriter
{
    private readonly byte[] _memory = new byte[64];
    private readonly Payload _position = new(2);
    private readonly Tally _inside = new("calls inside");
    private readonly Tally _written = new("written");
    private readonly Tally _flushed = new("flushed");
    private readonly FlushWait? _wait;

    public TurnWriter(FlushWait? wait = null) => _wait = wait;

    public int Written => _written.Value;

    public int Flushed => _flushed.Value;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        Use(() => { });
        return _memory;
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes) => Use(() =>
    {
        _position[0] += bytes;
        _written.Add(bytes);
    });

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        int flush = 0;
        Use(() =>
        {
            if (_position[0] != _written.Value) SimulatedFailure.Throw("a holder has not been shown what the last one wrote");
            flush = ++_position[1];
            _flushed.Add(_written.Value - _flushed.Value);
        });
        return _wait?.WaitFor(flush) ?? default;
    }

    public override void CancelPendingFlush()
    {
    }

    public override void Complete(Exception? exception = null) => Use(() => { });

    private void Use(Action use)
    {
        if (_inside.Add(1) != 1) SimulatedFailure.Throw("two use the writer at a time");
        use();
        _inside.Add(-1);
    }
}

internal abstract class SharedWriteScenario : Scenario
{
    protected SharedWriteScenario(bool waits = false, Exception? error = null)
    {
        if (waits) Flushes = new FlushWait(error);
        Writer = new TurnWriter(Flushes);
        Writes = new SharedWrites(Writer);
    }

    protected FlushWait? Flushes { get; }

    protected TurnWriter Writer { get; }

    protected SharedWrites Writes { get; }

    protected Tally Sent { get; } = new("sent");

    public override void Check() => Assert(Writer.Written == Sent.Value && Writer.Flushed == Sent.Value, $"{Sent.Value} messages have been accepted, {Writer.Written} written and {Writer.Flushed} flushed");

    protected async Task SendAsync(CancellationToken cancellationToken = default)
    {
        await Writes.WriteAsync(new byte[1], cancellationToken);
        Sent.Add(1);
        Assert(Writer.Flushed >= 1, "a call has returned before its flush");
    }

    protected async Task LeaseAsync(bool commits)
    {
        using PipeWriterLease lease = await Writes.LeaseAsync(1, default);
        if (!commits) return;
        await lease.CommitAsync(1);
        Sent.Add(1);
    }

    /// <summary>Ends one flush after the other.</summary>
    protected void StartFlushing(int flushes) => Start(
        "pump",
        () =>
        {
            for (int i = 1; i <= flushes; i++) Flushes!.Allow(i);
        });
}

/// <summary>Two callers at a time: small enough that all of their steps are seen.</summary>
internal sealed class SharedWritesOfTwo : SharedWriteScenario
{
    public override void Run()
    {
        StartAsync("one", () => SendAsync());
        StartAsync("two", () => SendAsync());
    }
}

/// <summary>One caller, whose flush has to wait and ends at whatever moment.</summary>
internal sealed class SharedFlushOfOne : SharedWriteScenario
{
    public SharedFlushOfOne()
        : base(waits: true)
    {
    }

    public override void Run()
    {
        StartAsync("one", () => SendAsync());
        StartFlushing(1);
    }
}

/// <summary>Three callers at a time, whose flushes complete at once: no caller is left waiting.</summary>
internal sealed class SharedWritesMeet : SharedWriteScenario
{
    public override void Run()
    {
        StartAsync("one", () => SendAsync());
        StartAsync("two", () => SendAsync());
        StartAsync("three", () => SendAsync());
    }
}

/// <summary>The same where a flush has to wait, and a caller comes back at once.</summary>
internal sealed class SharedWritesWait : SharedWriteScenario
{
    public SharedWritesWait()
        : base(waits: true)
    {
    }

    public override void Run()
    {
        StartAsync(
            "one",
            async () =>
            {
                await SendAsync();
                await SendAsync();
            });
        StartAsync("two", () => SendAsync());
        StartFlushing(3);
    }
}

/// <summary>A token fires while its caller waits for the turn: the message is sent, or it is not and the caller knows.</summary>
internal sealed class SharedWriteCanceled : SharedWriteScenario
{
    private readonly CancellationTokenSource _source = new();

    public SharedWriteCanceled()
        : base(waits: true)
    {
    }

    public override void Run()
    {
        StartAsync("one", () => SendAsync());
        StartAsync(
            "two",
            async () =>
            {
                try
                {
                    await SendAsync(_source.Token);
                }
                catch (OperationCanceledException e)
                {
                    Assert(e.CancellationToken == _source.Token, "the token is another one");
                }

                // Its object may be the one that was cancelled.
                await SendAsync();
            });
        Start("canceler", _source.Cancel);
        StartFlushing(3);
    }
}

/// <summary>A token alone ends the wait for a turn that does not come before.</summary>
internal sealed class SharedWriteCanceledAlone : SharedWriteScenario
{
    private readonly CancellationTokenSource _source = new();

    public override void Run()
    {
        ValueTask<PipeWriterLease> taken = Writes.LeaseAsync(1, default);
        StartAsync(
            "caller",
            async () =>
            {
                try
                {
                    await SendAsync(_source.Token);
                    Assert(condition: false, "the message has been sent");
                }
                catch (OperationCanceledException)
                {
                    // As it has to be.
                }

                (await taken).Dispose();
                await SendAsync();
            });
        Start("canceler", _source.Cancel);
    }
}

/// <summary>A token that fires late, when the call it belonged to is over and its object waits for another caller: that one is not hurt.</summary>
internal sealed class SharedWriteCanceledLate : SharedWriteScenario
{
    private readonly CancellationTokenSource _source = new();

    public override void Run()
    {
        ValueTask<PipeWriterLease> taken = Writes.LeaseAsync(1, default);
        StartAsync(
            "caller",
            async () =>
            {
                Task first = SendAsync(_source.Token);
                (await taken).Dispose();
                try
                {
                    await first;
                }
                catch (OperationCanceledException)
                {
                    // The token was in time.
                }

                PipeWriterLease again = await Writes.LeaseAsync(1, default);
                Task second = SendAsync();
                again.Dispose();
                await second;
            });
        Start("canceler", _source.Cancel);
    }
}

/// <summary>Leases, committed and dropped, beside a message: each has the writer for itself.</summary>
internal sealed class SharedLeases : SharedWriteScenario
{
    public override void Run()
    {
        StartAsync("committed", () => LeaseAsync(commits: true));
        StartAsync("dropped", () => LeaseAsync(commits: false));
        StartAsync("message", () => SendAsync());
    }
}

/// <summary>A flush that fails reaches everyone as the same exception, and who comes later.</summary>
internal sealed class SharedWriteFails : SharedWriteScenario
{
    private static readonly IOException Error = new("gone");
    private readonly Tally _failed = new("failed");

    public SharedWriteFails()
        : base(waits: true, Error)
    {
    }

    public override void Run()
    {
        StartAsync("one", FailAsync);
        StartAsync("two", FailAsync);
        StartAsync("three", FailAsync);
        StartFlushing(1);
    }

    public override void Check() => Assert(_failed.Value == 3, $"{_failed.Value} of 3 have got the exception");

    private async Task FailAsync()
    {
        try
        {
            await Writes.WriteAsync(new byte[1], default);
        }
        catch (IOException e)
        {
            Assert(e == Error, "the exception is another one");
            _failed.Add(1);
        }
    }
}

/// <summary>A completion beside messages: what is accepted is written and flushed before, the rest is refused, and nothing is used afterwards.</summary>
internal sealed class SharedWriteCompletes : SharedWriteScenario
{
    public override void Run()
    {
        StartAsync("one", TryAsync);
        StartAsync("two", TryAsync);
        StartAsync("completer", async () => await Writes.CompleteAsync(null));
    }

    private async Task TryAsync()
    {
        try
        {
            await SendAsync();
        }
        catch (InvalidOperationException)
        {
            // It came too late.
        }
    }
}
