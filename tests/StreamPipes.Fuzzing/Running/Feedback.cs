using SharpFuzz.Common;

namespace StreamPipes.Fuzzing.Running;

/// <summary>
/// Tells the fuzzer of what no branch of the instrumented code shows, such as how the framework's TLS has refused an input: it keeps inputs that bring something new.
/// </summary>
internal static class Feedback
{
    private const int MapSize = 1 << 16;

    public static unsafe void Note(string what)
    {
        // Not under afl-fuzz.
        if (Trace.SharedMem is null) return;
        uint hash = 2166136261;
        foreach (char c in what) hash = (hash ^ c) * 16777619;
        Trace.SharedMem[hash % MapSize]++;
    }
}
