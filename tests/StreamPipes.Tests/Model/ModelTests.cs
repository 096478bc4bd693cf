using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using StreamPipes.Tests.Lifetime;

namespace StreamPipes.Tests.Model;

/// <summary>
/// Random programs against the reference model: 2,000 usually, 100,000 with <c>STREAMPIPES_LONG=1</c>, as many as <c>STREAMPIPES_PROGRAMS</c>
/// says. A failure is shrunk, and its message names the seed: <c>STREAMPIPES_SEED=1,3</c> runs the same programs again.
/// </summary>
public sealed class ModelTests
{
    private const int Usually = 2_000;
    private const int Long = 100_000;

    private static int Programs => int.TryParse(Environment.GetEnvironmentVariable("STREAMPIPES_PROGRAMS"), NumberStyles.None, CultureInfo.InvariantCulture, out int programs)
        ? programs
        : LongRun.IsOn ? Long : Usually;

    [Fact]
    public Task Random_programs_do_what_the_model_says() =>
        Task.Factory.StartNew(RunAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    [Fact]
    public void A_failure_names_its_seed_and_shrinks_to_the_step_that_matters()
    {
        Property property = Prop.ForAll(ModelPrograms.Arbitrary, program => program.Steps.All(step => step.Kind != StepKind.Put || step.Size < 500));

        Exception thrown = Assert.ThrowsAny<Exception>(() => property.Check(Configuration(Seed("7,11"))));

        thrown.Message.Should().Contain("(7,11)").And.MatchRegex(@"client\.Put\(|server\.Put\(");
    }

    private static void RunAll() => Prop.ForAll(ModelPrograms.Arbitrary, ModelRun.RunAsync).Check(
        Configuration(Environment.GetEnvironmentVariable("STREAMPIPES_SEED") is { } seed ? Seed(seed) : null).WithMaxTest(Programs));

    private static Config Configuration(Replay? replay) => Config.QuickThrowOnFailure
        .WithQuietOnSuccess(true)
        .WithReplay(replay is null ? FSharpOption<Replay>.None : FSharpOption<Replay>.Some(replay));

    private static Replay Seed(string text)
    {
        ulong[] numbers = [.. text.Split(',').Select(part => ulong.Parse(part, CultureInfo.InvariantCulture))];
        return new Replay(new Rnd(numbers[0], numbers[1]), FSharpOption<int>.None);
    }
}
