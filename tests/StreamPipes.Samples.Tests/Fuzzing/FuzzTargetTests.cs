using StreamPipes.Fuzzing;

namespace StreamPipes.Samples.Tests.Fuzzing;

/// <summary>What fuzzing starts from, and what it once found, in every run of the suite.</summary>
public sealed class FuzzTargetTests
{
    public static TheoryData<string> Names => [.. Targets.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_seed_of_a_fuzz_target_finds_nothing(string name)
    {
        FuzzTarget target = Targets.Find(name);
        foreach (byte[] seed in target.Seeds())
        {
            Exception? error = await Record.ExceptionAsync(() => Task.Run(() => target.Run(seed)).Guarded());
            error.Should().BeNull("of {0}", Convert.ToBase64String(seed));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Seeds_that_are_cut_off_anywhere_find_nothing(string name)
    {
        FuzzTarget target = Targets.Find(name);
        foreach (byte[] seed in target.Seeds())
        {
            int step = target.IsAsynchronous ? Math.Max(1, seed.Length / 4) : 1;
            for (int length = 0; length < seed.Length; length += step)
            {
                byte[] input = seed[..length];
                Exception? error = await Record.ExceptionAsync(() => Task.Run(() => target.Run(input)).Guarded());
                error.Should().BeNull("of {0}", Convert.ToBase64String(input));
            }
        }
    }
}
