using StreamPipes.Fuzzing.Running;

namespace StreamPipes.Fuzzing;

/// <summary>
/// What <c>build/fuzz.sh</c> calls, and a person who looks at a finding. What touches code under test must not run before <see cref="FuzzLoop"/> where that code is
/// instrumented: it counts its branches in memory that is not there before.
/// </summary>
internal static class CommandLine
{
    private const string Usage = """
        --list                     the names of the targets
        --seeds TARGET FOLDER      writes the inputs that fuzzing starts from
        --instrument FOLDER        counts branches from now on in the assemblies under test, a copy of which is in the folder
        --fuzz TARGET FOLDER       under afl-fuzz, in such a folder; findings are written to FOLDER
        --target TARGET FILE       one input, as often as it takes to see whether it fails by chance
        --base64 TARGET TEXT       the same, with the input as text
        """;

    public static int Run(string[] args)
    {
        try
        {
            return Dispatch(args);
        }
        catch (Exception exception) when (exception is ArgumentException or IOException or FormatException)
        {
            Console.Error.WriteLine(exception.Message);
            return 2;
        }
    }

    private static int Dispatch(string[] args)
    {
        switch (args)
        {
            case ["--list"]:
                foreach (FuzzTarget target in Targets.All) Console.WriteLine(target.Name);
                return 0;
            case ["--seeds", string name, string folder]:
                return WriteSeeds(Targets.Find(name), folder);
            case ["--instrument", string folder]:
                Instrumentation.Add(folder);
                return 0;
            case ["--fuzz", string name, string folder]:
                FuzzLoop.Run(Targets.Find(name), new Findings(name, folder));
                return 0;
            case ["--target", string name, string file]:
                return Replay(Targets.Find(name), File.ReadAllBytes(file));
            case ["--base64", string name, string text]:
                return Replay(Targets.Find(name), Convert.FromBase64String(text));
            default:
                Console.Error.WriteLine(Usage);
                return 2;
        }
    }

    private static int WriteSeeds(FuzzTarget target, string folder)
    {
        Directory.CreateDirectory(folder);
        int count = 0;
        foreach (byte[] seed in target.Seeds()) File.WriteAllBytes(Path.Combine(folder, FormattableString.Invariant($"seed-{count++:00}")), seed);
        return 0;
    }

    private static int Replay(FuzzTarget target, byte[] input)
    {
        const int Tries = 20;
        FailedAssertions.Listen();
        using Watchdog watchdog = new((running, stage) => Console.Error.WriteLine($"{target.Name}: no end in {Watchdog.Limit.TotalSeconds} s, {stage}, {running.Length} bytes"));
        for (int i = 1; i <= Tries; i++)
        {
            Exception? error = InputRun.Try(target, input, watchdog);
            if (error is null && UnobservedErrors.Collect() is { } unobserved) error = unobserved;
            if (error is null) continue;
            Console.WriteLine($"try {i}: {error}");
            return 1;
        }

        Console.WriteLine($"{input.Length} bytes, {Tries} tries: nothing found");
        return 0;
    }
}
