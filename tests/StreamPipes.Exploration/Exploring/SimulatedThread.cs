using StreamPipes.Exploration.MemoryModel;

namespace StreamPipes.Exploration.Exploring;

/// <summary>A thread of a scenario, or a work item of its thread pool.</summary>
internal sealed class SimulatedThread
{
    [ThreadStatic]
    private static SimulatedThread? _current;

    private readonly Action _body;
    private Worker? _worker;
    private int _objects;

    public SimulatedThread(Execution execution, int id, string name, Action body, View view, ulong hash)
    {
        Execution = execution;
        Id = id;
        Name = name;
        _body = body;
        View = view;
        LastHash = hash;
    }

    /// <summary>The one that runs on this thread of the process; <see langword="null"/> outside of executions.</summary>
    public static SimulatedThread? Current => _current;

    public Execution Execution { get; }

    public int Id { get; }

    public string Name { get; }

    /// <summary>What the code under test takes for the number of its thread. It is used again once the thread has ended, as in a pool.</summary>
    public int ManagedId { get; set; }

    public View View { get; }

    /// <summary>
    /// What came with the messages that plain reads have got. Later reads of this thread are not ordered by it, but its next release or full fence is:
    /// neither lets an earlier read come after it.
    /// </summary>
    public View Pending { get; } = new();

    /// <summary>What this thread had seen at its last full fence: even its plain writes do not come before that.</summary>
    public View? Fenced { get; set; }

    /// <summary>Stands for everything this thread has done so far.</summary>
    public ulong LastHash { get; set; }

    public bool IsStarted => _worker is not null;

    /// <summary>Whether the thread that explores runs it.</summary>
    public bool IsOnExplorer => _worker == Worker.Explorers;

    public bool IsOver { get; private set; }

    /// <summary>What it waits for.</summary>
    public Func<bool>? BlockedUntil { get; set; }

    public string? BlockedBy { get; set; }

    public bool IsEnabled => !IsOver && (BlockedUntil is not { } condition || condition());

    /// <summary>Whether it has been notified in a <see cref="Monitor.Wait(object)"/>.</summary>
    public bool IsPulsed { get; set; }

    public bool HasReadOld { get; set; }

    public int AbortThrows { get; set; }

    /// <summary>What a release shows.</summary>
    public View ViewToRelease()
    {
        View.Tick(Id);
        View view = View.Copy();
        view.Join(Pending);
        return view;
    }

    public ulong NextObject() => Hash.Mix((ulong)Id, (ulong)++_objects, 99);

    /// <summary>What is known of an object by having got its reference.</summary>
    public View? KnowledgeOf(ObjectShadow owner) => owner.KnownIn == Execution.Number && Id < owner.KnownBy.Length ? owner.KnownBy[Id] : null;

    /// <summary>Passes the baton to this thread.</summary>
    public void Resume()
    {
        _worker ??= Worker.Take(this);
        _worker.Resume();
    }

    /// <summary>Sleeps until this thread gets the baton again.</summary>
    public void AwaitBaton() => _worker!.AwaitBaton();

    public void RunOn(Worker worker)
    {
        _worker = worker;
        _current = this;
        try
        {
            _body();
        }
        catch (ExecutionOverException)
        {
            // The execution was cut short.
        }
        catch (Exception e)
        {
            Execution.Fail($"{Name} has thrown {e.GetType().Name}: {e.Message}", e);
        }

        _current = null;
        IsOver = true;
    }
}
