using SharpFuzz;

namespace StreamPipes.Fuzzing.Running;

/// <summary>Puts the counting of branches into the assemblies under test.</summary>
internal static class Instrumentation
{
    private static readonly string[] Assemblies = ["StreamPipes", "StreamPipes.Framing", "RedisTls", "SpoaAgent", "LineServer", "InMemory"];

    /// <param name="folder">A copy of the program, not the one that runs.</param>
    public static void Add(string folder)
    {
        foreach (string assembly in Assemblies)
        {
            string path = Path.Combine(folder, assembly + ".dll");
            int types = Fuzzer.Instrument(path, _ => true, Options.Value).Count();
            Console.WriteLine($"{assembly}: {types} types");
        }
    }
}
