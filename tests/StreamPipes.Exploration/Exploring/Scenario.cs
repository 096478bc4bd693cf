namespace StreamPipes.Exploration.Exploring;

/// <summary>
/// A few threads over the classes under test, and what must hold in every execution. Its constructor and <see cref="Run"/> set it up before any thread
/// runs. What its threads share with each other has to be a <see cref="Tally"/> or a <see cref="Payload"/>, or be made in the set-up and not change.
/// </summary>
public abstract class Scenario
{
    private Execution _execution = null!;

    /// <summary>The longest time that had to pass for the scenario to come to its end.</summary>
    protected TimeSpan LongestWait => _execution.FiredTimers.Count == 0 ? TimeSpan.Zero : _execution.FiredTimers.Max();

    public abstract void Run();

    /// <summary>Looks at how it has ended. No thread runs any more.</summary>
    public virtual void Check()
    {
    }

    internal void Begin(Execution execution) => _execution = execution;

    protected static void Assert(bool condition, string failure)
    {
        if (condition) return;

        // Noted here too, since the code under test may catch what its callers throw.
        SimulatedThread.Current?.Execution.Fail(failure, error: null);
        throw new ScenarioFailedException(failure);
    }

    /// <summary>A step of a scenario's own object that several threads use: one at a time, in one order, and each sees what came before.</summary>
    public static void Step(string what) => Hooks.Tasks.Step(what);

    /// <summary>Blocks until something has happened that is told by a <see cref="Step"/>.</summary>
    public static void BlockUntil(Func<bool> condition, string what)
    {
        SimulatedThread thread = SimulatedThread.Current!;
        thread.Execution.Block(thread, condition, what);
    }

    protected void Start(string name, Action body) => _execution.Start(SimulatedThread.Current, name, body);

    /// <summary>Starts a flow that has to come to its end, on whatever threads it goes on.</summary>
    protected void StartAsync(string name, Func<Task> body)
    {
        TaskCompletionSource<bool> over = new();
        _execution.Expect(name, over.Task);
        _execution.Start(SimulatedThread.Current, name, () => _ = RunAsync());

        async Task RunAsync()
        {
            try
            {
                await body();
                over.SetResult(true);
            }
            catch (ExecutionOverException)
            {
                // Cut short.
            }
            catch (Exception e)
            {
                over.SetException(e);
            }
        }
    }

    /// <summary>Waits until another thread has written something that this one may not have seen yet.</summary>
    protected static void Pause()
    {
        SimulatedThread thread = SimulatedThread.Current!;
        thread.Execution.Block(thread, () => thread.HasReadOld, "somebody to change something");
        thread.HasReadOld = false;
    }
}
