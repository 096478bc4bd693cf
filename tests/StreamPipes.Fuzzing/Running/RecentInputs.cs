namespace StreamPipes.Fuzzing.Running;

/// <summary>
/// The inputs since the last look at unobserved exceptions, which takes a collection and is not made after each. When there is one, they are run once more
/// with a collection after each.
/// </summary>
internal sealed class RecentInputs(FuzzTarget target, Watchdog watchdog)
{
    private const int Capacity = 64;

    private readonly List<byte[]> _inputs = new(Capacity);

    /// <returns>The input and what it left behind; null as long as there is nothing.</returns>
    public (byte[] Input, Exception Error)? Add(byte[] input)
    {
        _inputs.Add(input);
        if (_inputs.Count < Capacity) return null;
        byte[][] inputs = [.. _inputs];
        _inputs.Clear();
        if (UnobservedErrors.Collect() is not { } error) return null;
        foreach (byte[] suspect in inputs)
        {
            if (InputRun.Try(target, suspect, watchdog) is null && UnobservedErrors.Collect() is { } again) return (suspect, again);
        }

        return (input, new FoundException($"One of {Capacity} inputs, of which this is the last: {error.Message}"));
    }
}
