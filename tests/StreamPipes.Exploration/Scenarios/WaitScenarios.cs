using StreamPipes.Exploration.Exploring;
using StreamPipes.Scheduling;

namespace StreamPipes.Exploration.Scenarios;

/// <summary>A wait for a number to be reached, as a read waits for bytes.</summary>
[Simulated]
internal sealed class NumberWait : PendingOperation<int>
{
    private int _number;
    private int _target;
    private int _canceled;

    public NumberWait(bool mayBeDropped = false)
        : base(scheduler: null, useSynchronizationContext: false) => MayBeDropped = mayBeDropped;

    protected override bool MayBeDropped { get; }

    protected override bool IsOver => Volatile.Read(ref _number) >= _target || Volatile.Read(ref _canceled) != 0;

    /// <summary>A release store, and then a look whether somebody waits, which has to contain the fence.</summary>
    public void Publish(int number)
    {
        Volatile.Write(ref _number, number);
        if (TryClaim()) Schedule();
    }

    /// <summary>The same by the one call that does both.</summary>
    public void PublishAndWake(int number)
    {
        Volatile.Write(ref _number, number);
        Wake();
    }

    public void Cancel()
    {
        Volatile.Write(ref _canceled, 1);
        Wake();
    }

    /// <returns><see langword="null"/> if another wait is pending.</returns>
    public ValueTask<int>? WaitFor(int target, CancellationToken cancellationToken)
    {
        if (!TryReserve()) return null;
        _target = target;
        return Begin(cancellationToken, out ValueTask<int> wait) ? wait : new ValueTask<int>(MakeResult());
    }

    public ValueTask<int> WaitForAsync(int target, CancellationToken cancellationToken) => WaitFor(target, cancellationToken) ?? throw new InvalidOperationException("Another wait is pending.");

    protected override int MakeResult()
    {
        if (Volatile.Read(ref _canceled) != 0 && Interlocked.Exchange(ref _canceled, 0) != 0) return -1;
        return Volatile.Read(ref _number);
    }
}

/// <summary>Somebody publishes while another one begins to wait: the wait ends, once, and the next one too.</summary>
internal sealed class WaitPublished : Scenario
{
    private readonly NumberWait _wait = new();

    public override void Run()
    {
        StartAsync(
            "waiter",
            async () =>
            {
                Assert(await _wait.WaitForAsync(1, default) >= 1, "the wait has ended too early");
                Assert(await _wait.WaitForAsync(2, default) >= 2, "the second wait has ended too early");
            });
        Start(
            "publisher",
            () =>
            {
                _wait.Publish(1);
                _wait.Publish(2);
            });
    }

    public override void Check() => Assert(!_wait.IsPending, "a wait is left");
}

/// <summary>The same by the wake-up of those who have no fence of their own.</summary>
internal sealed class WaitWoken : Scenario
{
    private readonly NumberWait _wait = new();

    public override void Run()
    {
        StartAsync("waiter", async () => Assert(await _wait.WaitForAsync(1, default) == 1, "the wait has ended too early"));
        Start("publisher", () => _wait.PublishAndWake(1));
    }

    public override void Check() => Assert(!_wait.IsPending, "a wait is left");
}

/// <summary>Two threads publish: only one of them ends the wait.</summary>
internal sealed class WaitPublishedTwice : Scenario
{
    private readonly NumberWait _wait = new();

    public override void Run()
    {
        StartAsync("waiter", async () => Assert(await _wait.WaitForAsync(1, default) >= 1, "the wait has ended too early"));
        Start("one", () => _wait.Publish(1));
        Start("other", () => _wait.PublishAndWake(1));
    }

    public override void Check() => Assert(!_wait.IsPending, "a wait is left");
}

/// <summary>A token fires while another thread publishes: the wait ends by one of them, and the next one is not hurt.</summary>
internal sealed class WaitCanceledByToken : Scenario
{
    private readonly NumberWait _wait = new();
    private readonly CancellationTokenSource _source = new();

    public override void Run()
    {
        StartAsync(
            "waiter",
            async () =>
            {
                try
                {
                    Assert(await _wait.WaitForAsync(1, _source.Token) >= 1, "the wait has ended too early");
                }
                catch (OperationCanceledException e)
                {
                    Assert(e.CancellationToken == _source.Token, "the token is another one");
                }

                Assert(await _wait.WaitForAsync(1, default) >= 1, "the second wait has ended too early");
            });
        Start("canceler", () => _source.Cancel());
        Start("publisher", () => _wait.Publish(1));
    }

    public override void Check() => Assert(!_wait.IsPending, "a wait is left");
}

/// <summary>A token alone, whenever it fires, ends the wait.</summary>
internal sealed class WaitCanceledByTokenAlone : Scenario
{
    private readonly NumberWait _wait = new();
    private readonly CancellationTokenSource _source = new();

    public override void Run()
    {
        StartAsync(
            "waiter",
            async () =>
            {
                try
                {
                    await _wait.WaitForAsync(1, _source.Token);
                    Assert(condition: false, "the wait has a result");
                }
                catch (OperationCanceledException)
                {
                    // As it has to be.
                }
            });
        Start("canceler", _source.Cancel);
    }

    public override void Check() => Assert(!_wait.IsPending, "a wait is left");
}

/// <summary>A cancellation without a token ends the wait that is pending, or else the next one; and exactly one.</summary>
internal sealed class WaitCanceled : Scenario
{
    private readonly NumberWait _wait = new();
    private readonly Tally _canceled = new("waits cancelled");

    public override void Run()
    {
        StartAsync(
            "waiter",
            async () =>
            {
                for (int target = 1; target <= 2; target++)
                {
                    if (await _wait.WaitForAsync(1, default) < 0) _canceled.Add(1);
                }
            });
        Start("canceler", () => _wait.Cancel());
        Start("publisher", () => _wait.Publish(1));
    }

    public override void Check() => Assert(_canceled.Value <= 1 && !_wait.IsPending, "a cancellation has ended two waits, or a wait is left");
}

/// <summary>Two threads mean to be the one that waits: one of them is refused, and the other's wait ends once.</summary>
internal sealed class WaitReservedTwice : WaitsOfTwo
{
    public WaitReservedTwice()
        : base(mayBeDropped: false)
    {
    }
}

/// <summary>The same where nobody need take the result, so that it may be taken away; but whoever has begun to await it is resumed.</summary>
[Known("a second wait may begin between the end of the first and its result, and take its result away")]
internal sealed class WaitReservedTwiceAndDropped : WaitsOfTwo
{
    public WaitReservedTwiceAndDropped()
        : base(mayBeDropped: true)
    {
    }
}

/// <summary>A wait that nobody takes the result of is followed by another.</summary>
internal sealed class WaitDropped : Scenario
{
    private readonly NumberWait _wait = new(mayBeDropped: true);

    public override void Run()
    {
        _ = _wait.WaitFor(1, default);
        Start("publisher", () => _wait.Publish(1));
    }

    public override void Check()
    {
        Assert(!_wait.IsPending, "the wait is not free");
        Assert(_wait.WaitFor(1, default) is { IsCompletedSuccessfully: true }, "the next wait is refused");
    }
}

internal abstract class WaitsOfTwo : Scenario
{
    private readonly NumberWait _wait;
    private readonly Tally _refused = new("refused");
    private readonly Tally _ended = new("ended");

    protected WaitsOfTwo(bool mayBeDropped) => _wait = new NumberWait(mayBeDropped);

    public override void Run()
    {
        StartAsync("one", WaitAsync);
        StartAsync("other", WaitAsync);
        Start("publisher", () => _wait.Publish(1));
    }

    public override void Check() => Assert(_refused.Value <= 1 && _refused.Value + _ended.Value == 2 && !_wait.IsPending, $"{_refused.Value} have been refused and {_ended.Value} ended");

    private async Task WaitAsync()
    {
        if (_wait.WaitFor(1, default) is not { } wait)
        {
            _refused.Add(1);
            return;
        }

        Assert(await wait >= 1, "the wait has ended too early");
        _ended.Add(1);
    }
}
