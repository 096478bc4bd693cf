using System.Globalization;
using System.Runtime.CompilerServices;
using StreamPipes.Exploration.MemoryModel;

namespace StreamPipes.Exploration.Exploring;

/// <summary>
/// One run of a scenario. Its threads are threads of the process of which one runs at a time; at each access to shared memory the chooser
/// says who is next, and which value a read gets.
/// </summary>
internal sealed class Execution
{
    private const int MostSteps = 20_000;
    private const int MostAbortThrows = 200;
    private const int MostTimers = 20;

    private static int _number;

    private readonly IChooser _chooser;
    private readonly List<SimulatedThread> _threads = [];
    private readonly List<Task> _tasks = [];
    private readonly List<string> _taskNames = [];
    private readonly SemaphoreSlim _over = new(0);
    private readonly SemaphoreSlim _unwound = new(0);
    private readonly View _fences = new();
    private readonly ConditionalWeakTable<object, SimulatedLock> _locks = [];
    private readonly View _tasksView = new();
    private ulong _fenceHash = 17;
    private ulong _taskHash = 19;
    private ulong _state;
    private int _locations;
    private int _preemptionsLeft;
    private int _oldReadsLeft;
    private bool _isAborting;
    private bool _hasEnded;
    private bool _isSettingUp;
    private Location? _saidLocation;
    private string? _saidVerb;

    public Execution(IChooser chooser, Bounds bounds, bool isTraced)
    {
        _chooser = chooser;
        _preemptionsLeft = bounds.Preemptions;
        _oldReadsLeft = bounds.OldReads;
        Number = ++_number;
        if (isTraced) Trace = [];
    }

    public int Number { get; }

    public List<string>? Trace { get; }

    public int Steps { get; private set; }

    public string? Failure { get; private set; }

    public bool HasNewRace { get; private set; }

    /// <summary>What the timers were set to that had to fire, since nothing else could go on.</summary>
    public List<TimeSpan> FiredTimers { get; } = [];

    public List<SimulatedTimer> Timers { get; } = [];

    private bool IsCutShort => _isAborting || Failure is not null;

    public int NextLocation() => ++_locations;

    /// <summary>Runs the scenario to its end, or to where it cannot go on, and judges it.</summary>
    public void Run(Func<Scenario> create)
    {
        Scenario? scenario = null;
        _isSettingUp = true;
        SimulatedThread setup = Add(
            "setup",
            () =>
            {
                scenario = create();
                scenario.Begin(this);
                scenario.Run();
                _isSettingUp = false;
            },
            new View(),
            hash: 1);
        Worker.Explorers.Run(setup);
        if (!_over.Wait(TimeSpan.FromSeconds(20)))
        {
            throw new TimeoutException($"A thread blocks outside of the simulation. Left are {string.Join("; ", _threads.Where(static thread => !thread.IsOver).Select(static thread => $"{thread.Name} {thread.BlockedBy}"))}. {string.Join('\n', Trace ?? [])}");
        }

        if (Failure is null) Check(scenario!);
        Unwind();
    }

    /// <summary>Every access that others can see comes here first: another thread may go on instead.</summary>
    public void Point(SimulatedThread thread, Location? location, string verb)
    {
        if (IsCutShort) ThrowOver(thread);
        if (_isSettingUp) return;
        _saidLocation = location;
        _saidVerb = verb;
        if (++Steps > MostSteps)
        {
            Fail($"more than {MostSteps} steps: a loop that does not end", error: null);
            ThrowOver(thread);
        }

        if (_preemptionsLeft == 0) return;
        Span<int> enabled = stackalloc int[_threads.Count];
        int count = 0;
        enabled[count++] = thread.Id;
        for (int i = 0; i < _threads.Count; i++)
        {
            if (i != thread.Id && _threads[i].IsEnabled) enabled[count++] = i;
        }

        if (count == 1) return;
        int choice = Choose(count, thread, purpose: 1);
        if (choice == 0) return;
        _preemptionsLeft--;
        Switch(thread, _threads[enabled[choice]]);
        _saidLocation = location;
        _saidVerb = verb;
    }

    /// <summary>The thread cannot go on before something has happened.</summary>
    public void Block(SimulatedThread thread, Func<bool> until, string by)
    {
        if (IsCutShort) ThrowOver(thread);
        if (until()) return;
        if (_isSettingUp) throw new InvalidOperationException($"The set-up of a scenario cannot wait: {by}");
        thread.BlockedUntil = until;
        thread.BlockedBy = by;
        Say(thread, $"waits: {by}");
        if (PickNext(thread) is { } next)
        {
            if (next == thread) Unblock(thread);
            else Switch(thread, next);
            return;
        }

        End();
        thread.AwaitBaton();
        ThrowOver(thread);
    }

    public SimulatedThread Start(SimulatedThread? creator, string name, Action body)
    {
        if (creator is null) return Add(name, body, new View(), hash: 1);
        SimulatedThread started = Add(name, body, creator.ViewToRelease(), Hash.Mix(creator.LastHash, (ulong)_threads.Count, 21));
        Add(creator, Hash.Mix(23, (ulong)started.Id));
        Say(creator, $"starts {started.Name} (thread {started.Id})");
        return started;
    }

    public void Expect(string name, Task task)
    {
        _taskNames.Add(name);
        _tasks.Add(task);
    }

    /// <summary>A thread has come to its end.</summary>
    /// <returns>Who goes on; <see langword="null"/> if the execution is over.</returns>
    public SimulatedThread? NextAfter() => IsCutShort ? null : PickNext(leaving: null);

    /// <summary>The worker of a thread that has come to its end passes the baton on.</summary>
    public void PassOn(SimulatedThread? next, bool isExplorers)
    {
        if (next is not null) next.Resume();
        else if (!_hasEnded) End();
        else if (!isExplorers) _unwound.Release();
    }

    public void Fail(string failure, Exception? error)
    {
        if (_isAborting || Failure is not null) return;
        Failure = failure;
        Trace?.Add(error is null ? failure : $"{failure}\n{error}");
    }

    public void NoteRace(Field field)
    {
        HasNewRace |= !field.IsRacy;
        field.IsRacy = true;
    }

    public void NoteWrite(SimulatedThread writer)
    {
        foreach (SimulatedThread thread in _threads)
        {
            if (thread != writer) thread.HasReadOld = true;
        }
    }

    public void NoteReference(SimulatedThread thread, object? value, View view)
    {
        if (value is not IShadowed shadowed) return;
        ObjectShadow shadow = shadowed.Shadow;
        if (shadow.KnownIn != Number)
        {
            shadow.KnownIn = Number;
            Array.Clear(shadow.KnownBy);
        }

        if (thread.Id >= shadow.KnownBy.Length) return;
        View known = view.Copy();
        known.Join(shadow.KnownBy[thread.Id]);
        shadow.KnownBy[thread.Id] = known;
    }

    /// <summary>How many messages before the newest a read gets.</summary>
    public int ChooseMessage(SimulatedThread thread, int options)
    {
        if (_oldReadsLeft == 0 || _isAborting || _isSettingUp) return 0;
        int choice = Choose(options, thread, purpose: 2);
        if (choice != 0)
        {
            _oldReadsLeft--;
            thread.HasReadOld = true;
        }

        return choice;
    }

    /// <summary>All full fences are in one order, and each thread that passes one is bound to see what was seen at those before.</summary>
    public void Fence(SimulatedThread thread)
    {
        thread.View.Tick(thread.Id);
        thread.View.Join(thread.Pending);
        thread.View.Join(_fences);
        _fences.Join(thread.View);
        thread.Fenced = thread.View.Copy();
        _fenceHash = Hash.Mix(_fenceHash, thread.LastHash, 31);
        Add(thread, Hash.Mix(_fenceHash, 33));
    }

    /// <summary>
    /// Something that the framework's own classes do for the code under test, such as ending a task. They are not simulated: it is taken for a step
    /// in one order with all others of the kind, each of which sees what came before.
    /// </summary>
    public void FrameworkEvent(SimulatedThread thread, string what)
    {
        Point(thread, location: null, what);
        thread.View.Join(_tasksView);
        _tasksView.Join(thread.ViewToRelease());
        _taskHash = Hash.Mix(_taskHash, thread.LastHash, 35);
        Add(thread, _taskHash);
        Say(thread, what);
    }

    public SimulatedTimer TimerOf(Timer timer, TimerCallback callback, object? state)
    {
        SimulatedTimer? known = Timers.Find(known => known.Identity == timer);
        if (known is null) Timers.Add(known = new SimulatedTimer(callback, state, Timeout.InfiniteTimeSpan, timer));
        return known;
    }

    public SimulatedLock LockOf(object target) => _locks.GetValue(target, static _ => new SimulatedLock());

    /// <summary>Adds a step to what the state is known by: steps that are not ordered by memory may be added in any order.</summary>
    public void Add(SimulatedThread thread, ulong step)
    {
        thread.LastHash = Hash.Mix(thread.LastHash, step, (ulong)thread.Id);
        _state += thread.LastHash;
    }

    public void Say(SimulatedThread thread, object? value, string? note)
    {
        if (Trace is null || _isSettingUp) return;
        string text = value switch { null => "null", string s => s, IFormattable f => f.ToString(format: null, CultureInfo.InvariantCulture), _ => value.GetType().Name };
        Trace.Add($"{thread.Id} {thread.Name,-14} {_saidVerb} {_saidLocation?.Field.Name ?? "?"} = {text}{note}   {_saidLocation?.Place}");
    }

    public void Say(SimulatedThread thread, string text)
    {
        if (Trace is not null && !_isSettingUp) Trace.Add($"{thread.Id} {thread.Name,-14} {text}");
    }

    public void ThrowIfAborting(SimulatedThread thread)
    {
        if (IsCutShort) ThrowOver(thread);
    }

    private SimulatedThread Add(string name, Action body, View view, ulong hash)
    {
        SimulatedThread thread = new(this, _threads.Count, name, body, view, hash);
        thread.ManagedId = FreeManagedId();
        _threads.Add(thread);
        return thread;
    }

    private int FreeManagedId()
    {
        int id = 1;
        while (_threads.Exists(thread => !thread.IsOver && thread.ManagedId == id)) id++;
        return id;
    }

    private void Switch(SimulatedThread from, SimulatedThread to)
    {
        to.Resume();
        from.AwaitBaton();
        if (_isAborting) ThrowOver(from);
        Unblock(from);
    }

    private static void Unblock(SimulatedThread thread)
    {
        thread.BlockedUntil = null;
        thread.BlockedBy = null;
    }

    /// <summary>Who goes on when a thread has ended, or waits. It costs nothing.</summary>
    private SimulatedThread? PickNext(SimulatedThread? leaving)
    {
        while (true)
        {
            List<SimulatedThread> enabled = _threads.FindAll(static thread => thread.IsEnabled);
            if (enabled.Count > 0) return enabled[Choose(enabled.Count, leaving, purpose: 3)];
            if (!TryFireTimer()) return null;
        }
    }

    /// <summary>Time passes only when nothing else can happen, and somebody is still waited for.</summary>
    private bool TryFireTimer()
    {
        if (!_tasks.Exists(static task => !task.IsCompleted) && !_threads.Exists(static thread => !thread.IsOver)) return false;
        if (FiredTimers.Count == MostTimers) return false;
        SimulatedTimer? first = Timers.Where(static timer => timer.IsArmed).MinBy(static timer => timer.DueTime);
        if (first is null) return false;
        FiredTimers.Add(first.DueTime);
        first.Disarm();
        Add($"timer {first.DueTime.TotalMilliseconds} ms", first.Fire, JoinedView(), Hash.Mix(_state, 41));
        return true;
    }

    private View JoinedView()
    {
        View view = new();
        foreach (SimulatedThread thread in _threads) view.Join(thread.View);
        return view;
    }

    private int Choose(int options, SimulatedThread? thread, ulong purpose) =>
        options == 1 ? 0 : _chooser.Choose(options, Hash.Mix(_state, (ulong)(thread?.Id ?? -1), purpose, _fenceHash), _preemptionsLeft, _oldReadsLeft);

    /// <summary>Nothing can go on, or need not. The thread that explores may itself be in the middle of a simulated one.</summary>
    private void End()
    {
        _hasEnded = true;
        foreach (SimulatedThread thread in _threads.Where(static thread => !thread.IsOver)) Fail($"{thread.Name} waits and nothing can end it: {thread.BlockedBy}", error: null);
        for (int i = 0; i < _tasks.Count; i++)
        {
            if (!_tasks[i].IsCompleted) Fail($"{_taskNames[i]} has not come to its end, and nothing can go on", error: null);
            else if (_tasks[i].Exception is { } error) Fail($"{_taskNames[i]} has thrown {error.InnerException!.GetType().Name}: {error.InnerException.Message}", error);
        }

        _isAborting = true;
        SimulatedThread? explorers = _threads.Find(static thread => !thread.IsOver && thread.IsOnExplorer);
        _over.Release();
        explorers?.Resume();
    }

    private void Check(Scenario scenario)
    {
        _isAborting = false;
        try
        {
            scenario.Check();
        }
        catch (Exception e)
        {
            Fail(e is ScenarioFailedException ? e.Message : $"the check has thrown {e}", e);
        }

        _isAborting = true;
    }

    /// <summary>Ends the threads that still wait, one after the other.</summary>
    private void Unwind()
    {
        foreach (SimulatedThread thread in _threads.ToArray())
        {
            if (thread.IsOver || !thread.IsStarted) continue;
            thread.Resume();
            _unwound.Wait();
        }
    }

    private void ThrowOver(SimulatedThread thread)
    {
        if (++thread.AbortThrows <= MostAbortThrows) throw new ExecutionOverException();

        // Code that catches everything and goes on for ever is left where it is.
        _unwound.Release();
        Thread.Sleep(Timeout.Infinite);
    }
}
