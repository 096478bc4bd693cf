namespace StreamPipes.Exploration.Exploring;

/// <summary>What has become of a scenario.</summary>
internal sealed class ScenarioResult
{
    public ScenarioResult(Type scenario) => Scenario = scenario;

    public Type Scenario { get; }

    public bool IsExpectedToFail => Scenario.IsDefined(typeof(RefutedAttribute), inherit: false);

    public bool IsKnownToFail => Scenario.IsDefined(typeof(KnownAttribute), inherit: false);

    public long Executions { get; private set; }

    public long Steps { get; private set; }

    public long States { get; private set; }

    /// <summary>The largest bounds of which everything has been seen.</summary>
    public Bounds? Whole { get; private set; }

    /// <summary>Larger ones, of which a part has been seen.</summary>
    public Bounds? Partly { get; private set; }

    public string? Failure { get; private set; }

    public IReadOnlyList<string> Trace { get; private set; } = [];

    public string? Schedule { get; private set; }

    /// <summary>Fields whose plain accesses are not ordered by anything.</summary>
    public IReadOnlyList<string> Races { get; private set; } = [];

    public TimeSpan Elapsed { get; set; }

    public bool IsGood => (IsExpectedToFail || IsKnownToFail) == Failure is not null;

    public void Add(Search search, Bounds bounds, bool isWhole, IReadOnlyList<string> races)
    {
        Executions += search.Executions;
        Steps += search.Steps;
        States = search.States;
        if (isWhole) Whole = bounds;
        else Partly = bounds;
        Failure = search.Failure;
        Trace = search.Trace;
        Schedule = search.Schedule;
        Races = races;
    }
}
