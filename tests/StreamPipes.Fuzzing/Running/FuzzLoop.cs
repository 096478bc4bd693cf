using SharpFuzz;

namespace StreamPipes.Fuzzing.Running;

/// <summary>Runs the inputs of afl-fuzz, one after the other in one process.</summary>
internal static class FuzzLoop
{
    public static void Run(FuzzTarget target, Findings findings)
    {
        FailedAssertions.Listen();
        using Watchdog watchdog = new(findings.AddHang);
        RecentInputs recent = new(target, watchdog);
        Fuzzer.Run(stream =>
        {
            byte[] input = ReadAll(stream);
            Exception? error = InputRun.Try(target, input, watchdog);
            if (error is null && target.IsAsynchronous && recent.Add(input) is { } late) (input, error) = late;
            if (error is null) return;
            findings.Add(input, error);
            throw error;
        });
    }

    private static byte[] ReadAll(Stream stream)
    {
        using MemoryStream bytes = new();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
