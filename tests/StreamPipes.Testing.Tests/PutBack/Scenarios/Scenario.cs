namespace StreamPipes.Testing.Tests.PutBack.Scenarios;

/// <summary>The code of all ends of a conversation. It keeps nothing from one seed to the next.</summary>
internal abstract class Scenario
{
    public virtual VirtualNetworkOptions Options => new();

    public abstract Task RunAsync(VirtualNetwork network);

    /// <summary>Waits for a time that the seed draws.</summary>
    protected static Task PauseAsync(VirtualNetwork network, TimeSpan upTo) => network.DelayAsync(upTo * network.Random.NextDouble());
}
