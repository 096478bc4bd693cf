namespace StreamPipes.Tests.Carriers;

/// <summary>Runs one way over one carrier, again and again, each time by hand and through a connection, and counts how often everything came whole.</summary>
internal static class Rounds
{
    private const int Usually = 3;

    /// <summary>A failure more tells no more.</summary>
    private const int ToldFailures = 3;

    public static async Task ShouldBeWholeAsync(string carrier, Way way, Func<Task<Link>> connect)
    {
        int rounds = LongRun.Times(Usually);
        int wholeByHand = 0;
        int whole = 0;
        List<string> failures = [];
        Lock sync = new();
        await LongRun.RepeatAsync(rounds, async round =>
        {
            if (failures.Count >= ToldFailures) return;
            (Outcome byHand, bool isWholeByHand) = await Run.MakeAsync(connect, way, isRaw: true, round);
            (Outcome through, bool isWhole) = await Run.MakeAsync(connect, way, isRaw: false, round);
            lock (sync)
            {
                if (isWholeByHand) wholeByHand++;
                if (isWhole && through == byHand) whole++;
                else failures.Add($"round {round}: through the connection {through}; by hand {byHand}");
            }
        });
        TestContext.Current.TestOutputHelper?.WriteLine($"{carrier}, {way}: {whole} of {rounds} whole through a connection, {wholeByHand} by hand.");
        failures.Should().BeEmpty();
        wholeByHand.Should().Be(rounds, "the control has to hold");
    }
}
