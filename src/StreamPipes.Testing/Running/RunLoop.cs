using System.Diagnostics;
using System.Runtime.CompilerServices;
using StreamPipes.Common;

namespace StreamPipes.Testing.Running;

/// <summary>
/// Runs a scenario on one thread: of what is ready it takes what the seed draws, and when nothing is ready it moves the time to what is due next. Callbacks of the
/// network and of the library run without a synchronization context, so continuations that want none run inline, where their operation completes; those that captured the
/// context of the run are posted to it. So neither kind leaves the thread.
/// </summary>
internal sealed class RunLoop : Background.IRun
{
    /// <summary>Real time in which a call from another thread may show why nothing is left to do here.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    /// <summary>The same where the thread pool has no thread free, as in a test run that keeps all of them busy.</summary>
    private static readonly TimeSpan LongPatience = TimeSpan.FromSeconds(5);

    private static readonly Action<object?> RunTimed = static work => ((TimedWork)work!).Run();

    private readonly SeededRandom _random;
    private readonly VirtualNetworkOptions _options;
    private readonly RunContext _context;
    private readonly List<ReadyWork> _ready = [];
    private readonly Agenda _agenda = new();
    private readonly int _threadId = Environment.CurrentManagedThreadId;
    private long _nowTicks;
    private long _timedNumber;
    private volatile string? _elsewhere;
    private volatile bool _isOver;

    public RunLoop(SeededRandom random, VirtualNetworkOptions options)
    {
        _random = random;
        _options = options;
        _context = new RunContext(this);
    }

    public TimeSpan Now => new(_nowTicks);

    public long Steps { get; private set; }

    /// <summary>Without a context. From the thread of the run only; of another thread it is noted, and ends the run.</summary>
    public void Schedule(Action<object?> callback, object? state)
    {
        if (IsHere("PipeScheduler.Schedule")) _ready.Add(new ReadyWork(callback, state));
    }

    public void Post(SendOrPostCallback callback, object? state)
    {
        if (IsHere("SynchronizationContext.Post")) _ready.Add(new ReadyWork(callback, state));
    }

    public TimedWork After(TimeSpan delay, Action<object?> callback, object? state)
    {
        TimedWork work = new(_nowTicks + Math.Max(0, delay.Ticks), _timedNumber++, callback, state);
        _agenda.Add(work);
        return work;
    }

    /// <exception cref="InvalidOperationException">The caller is on another thread than the run.</exception>
    public void ThrowIfElsewhere(string operation)
    {
        if (Environment.CurrentManagedThreadId == _threadId && !_isOver) return;
        if (_isOver) throw new InvalidOperationException($"{operation} was called after the run had ended.");
        NoteElsewhere(operation);
        throw new InvalidOperationException($"{operation} was called on another thread than that of the run.");
    }

    /// <returns>Why the run failed, and the exception of the scenario, if it was that; <see langword="null"/> if it ended as it should.</returns>
    public (VirtualRunFailure Failure, string Text, Exception? Error)? Run(Func<Task> scenario)
    {
        SynchronizationContext? outer = SynchronizationContext.Current;
        Background.Run = this;
        try
        {
            Task task = Start(scenario);
            while (!task.IsCompleted)
            {
                if (_elsewhere is { } operation) return OtherThread(operation);
                if (_ready.Count > 0) Step();
                else if (!TryAdvance(out (VirtualRunFailure, string, Exception?)? failure)) return failure;
                if (Steps > _options.MaximumSteps) return (VirtualRunFailure.StepsExceeded, $"it has taken {_options.MaximumSteps} steps and has not ended", null);
            }

            if (task.IsFaulted || task.IsCanceled) task.GetAwaiter().GetResult();
            return _elsewhere is { } last ? OtherThread(last) : null;
        }
        catch (Exception e)
        {
            // Whatever the scenario throws, or a callback of it, is the outcome of the run; what another thread has broken comes first.
            return _elsewhere is { } operation ? OtherThread(operation, e) : (VirtualRunFailure.Exception, $"{e.GetType().Name}: {e.Message}", e);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(outer);
            Background.Run = null;
        }
    }

    /// <summary>After the run: lets what was aborted give its memory back, as far as it needs no time for it.</summary>
    public void Finish(Action abort)
    {
        SynchronizationContext? outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        Background.Run = this;
        try
        {
            abort();
            for (int i = 0; i < 10_000 && _ready.Count > 0; i++) Step();
        }
        catch (Exception)
        {
            // The outcome is known; what is left behind may end in any way.
        }
        finally
        {
            _isOver = true;
            SynchronizationContext.SetSynchronizationContext(outer);
            Background.Run = null;
        }
    }

    private static (VirtualRunFailure Failure, string Text, Exception? Error) OtherThread(string operation, Exception? error = null) => (
        VirtualRunFailure.OtherThread,
        $"{operation} was called on another thread than that of the run, so its order cannot be replayed. Code under test must not use Task.Run, and must not await with ConfigureAwait(false) what completes on the thread pool",
        error);

    private Task Start(Func<Task> scenario)
    {
        SynchronizationContext.SetSynchronizationContext(_context);
        try
        {
            return scenario();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(null);
        }
    }

    private void Step()
    {
        int drawn = _ready.Count == 1 ? 0 : _random.Next(_ready.Count);
        int last = _ready.Count - 1;
        ReadyWork work = _ready[drawn];
        _ready[drawn] = _ready[last];
        _ready.RemoveAt(last);
        Steps++;
        work.Run(_context);
    }

    private bool TryAdvance(out (VirtualRunFailure Failure, string Text, Exception? Error)? failure)
    {
        failure = null;
        if (_agenda.Peek() is not { } next)
        {
            AwaitOtherThreads();
            failure = _elsewhere is { } operation ? OtherThread(operation) : (VirtualRunFailure.Hang, "nothing is left to do, and the scenario has not ended", null);
            return false;
        }

        if (next.DueTicks > _options.TimeLimit.Ticks)
        {
            failure = (VirtualRunFailure.TimeExceeded, $"it has not ended within its TimeLimit of {_options.TimeLimit}", null);
            return false;
        }

        _nowTicks = Math.Max(_nowTicks, next.DueTicks);
        do
        {
            _agenda.RemoveFirst();
            _ready.Add(new ReadyWork(RunTimed, next));
            next = _agenda.Peek();
        }
        while (next is not null && next.DueTicks <= _nowTicks);
        return true;
    }

    private void AwaitOtherThreads()
    {
        Stopwatch waited = Stopwatch.StartNew();
        StrongBox<bool> poolIsFree = new();
        ThreadPool.QueueUserWorkItem(_ => Volatile.Write(ref poolIsFree.Value, true));
        while (_elsewhere is null && waited.Elapsed < (Volatile.Read(ref poolIsFree.Value) ? Patience : LongPatience)) Thread.Sleep(1);
    }

    private bool IsHere(string operation)
    {
        if (_isOver) return false;
        if (Environment.CurrentManagedThreadId == _threadId) return true;
        NoteElsewhere(operation);
        return false;
    }

    private void NoteElsewhere(string operation) => _elsewhere ??= operation;
}
