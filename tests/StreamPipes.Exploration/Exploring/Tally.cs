using StreamPipes.Exploration.MemoryModel;

namespace StreamPipes.Exploration.Exploring;

/// <summary>A number that the threads of a scenario share. It is always up to date, and orders nothing else.</summary>
public sealed class Tally
{
    private readonly Location<int> _location;

    public Tally(string name) => _location = new Location<int>(new Field(name, 0, name.Length), Hash.Mix(SimulatedThread.Current?.NextObject() ?? 0, 71), owner: null);

    public int Value => SimulatedThread.Current is null ? _location.Last : _location.Relaxed(0);

    /// <returns>What it is then.</returns>
    public int Add(int count) => _location.Relaxed(count) + count;

    public void WaitFor(int atLeast)
    {
        SimulatedThread thread = SimulatedThread.Current!;
        thread.Execution.Block(thread, () => _location.Last >= atLeast, $"{_location.Field.Name} >= {atLeast}");
        _ = Value;
    }
}
