namespace StreamPipes.Samples.Tests.SpoaAgent;

/// <summary>What differs between the configurations of HAProxy that tests use.</summary>
internal sealed record HaproxyOptions
{
    /// <summary>Lines of the section <c>spoe-agent</c>.</summary>
    public string AgentLines { get; init; } = "";

    /// <summary>What comes after the address of the agent.</summary>
    public string ServerArguments { get; init; } = "";

    /// <summary>Lines of the backend of the agent.</summary>
    public string BackendLines { get; init; } = "";

    /// <summary>The line <c>args</c> of the one message.</summary>
    public string Arguments { get; init; } = "key=hdr(X-Key)";

    /// <summary>The name of the one message.</summary>
    public string Message { get; init; } = "echo";
}
