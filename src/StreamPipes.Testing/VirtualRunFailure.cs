namespace StreamPipes.Testing;

/// <summary>Why a run of a <see cref="VirtualNetwork"/> has failed.</summary>
public enum VirtualRunFailure
{
    /// <summary>The scenario threw, or work that it had posted did. The exception is the inner one.</summary>
    Exception = 0,

    /// <summary>Nothing is left to do, no timer runs, and the scenario has not ended.</summary>
    Hang,

    /// <summary>The scenario has not ended within <see cref="VirtualNetworkOptions.TimeLimit"/>.</summary>
    TimeExceeded,

    /// <summary>The scenario has not ended within <see cref="VirtualNetworkOptions.MaximumSteps"/>.</summary>
    StepsExceeded,

    /// <summary>Another thread has used the network, its clock or its context, so the order of the run is not the seed's alone.</summary>
    OtherThread,
}
