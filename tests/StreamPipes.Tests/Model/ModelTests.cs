using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace StreamPipes.Tests.Model;

/// <summary>
/// Random programs against the reference model: 2,000 usually, 100,000 with <c>STREAMPIPES_LONG=1</c>, as many as <c>STREAMPIPES_PROGRAMS</c>
/// says. A failure is shrunk. Its message names the seed, and so does the output of every run: <c>STREAMPIPES_SEED=1,3</c> runs the same
/// programs again.
/// </summary>
public sealed class ModelTests(ITestOutputHelper output)
{
    private const string SeedVariable = "STREAMPIPES_SEED";
    private const int Usually = 2_000;
    private const int Long = 100_000;

    private static int Programs => int.TryParse(Environment.GetEnvironmentVariable("STREAMPIPES_PROGRAMS"), NumberStyles.None, CultureInfo.InvariantCulture, out int programs)
        ? programs
        : LongRun.IsOn ? Long : Usually;

    [Fact]
    public Task Random_programs_do_what_the_model_says()
    {
        Rnd seed = Environment.GetEnvironmentVariable(SeedVariable) is { Length: > 0 } given ? SeedOf(given) : new Rnd((ulong)Random.Shared.NextInt64());
        output.WriteLine($"{Programs} programs, {SeedVariable}={seed.Seed},{seed.Gamma}");
        return Task.Factory.StartNew(() => RunAll(seed), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    [Theory]
    [InlineData("5")]
    [InlineData("1,2,3")]
    [InlineData("one,two")]
    public void A_seed_that_is_none_is_refused_with_what_it_has_to_be(string seed) =>
        Assert.Throws<FormatException>(() => SeedOf(seed)).Message.Should().Contain("1,3");

    [Fact]
    public void A_failure_names_its_seed_and_shrinks_to_the_step_that_matters()
    {
        Property property = Prop.ForAll(ModelPrograms.Arbitrary, program => program.Steps.All(step => step.Kind != StepKind.Put || step.Size < 500));

        Exception thrown = Assert.ThrowsAny<Exception>(() => property.Check(Configuration(SeedOf("7,11"))));

        thrown.Message.Should().Contain("(7,11)").And.MatchRegex(@"client\.Put\(|server\.Put\(");
    }

    private static void RunAll(Rnd seed) => Prop.ForAll(ModelPrograms.Arbitrary, ModelRun.RunAsync).Check(Configuration(seed).WithMaxTest(Programs));

    private static Config Configuration(Rnd seed) => Config.QuickThrowOnFailure
        .WithQuietOnSuccess(true)
        .WithReplay(FSharpOption<Replay>.Some(new Replay(seed, FSharpOption<int>.None)));

    private static Rnd SeedOf(string text) =>
        text.Split(',') is [string first, string second]
        && ulong.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed)
        && ulong.TryParse(second, NumberStyles.None, CultureInfo.InvariantCulture, out ulong gamma)
            ? new Rnd(seed, gamma)
            : throw new FormatException($"{SeedVariable} has to be the two numbers that a run names, such as 1,3, and not '{text}'.");
}
