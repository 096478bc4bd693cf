namespace StreamPipes.Buffers;

/// <summary>One object for every core, each of which any thread may use: two threads meet at one only if they run on the same core, or have just been moved.</summary>
internal sealed class PerCore<T>
    where T : class
{
    private const int Most = 64;

    public PerCore(Func<T> make)
    {
        All = new T[Math.Min(Environment.ProcessorCount, Most)];
        for (int i = 0; i < All.Length; i++) All[i] = make();
    }

    public T[] All { get; }

    /// <summary>That of the core on which the caller runs now.</summary>
    public T Own => All[(uint)Thread.GetCurrentProcessorId() % (uint)All.Length];
}
