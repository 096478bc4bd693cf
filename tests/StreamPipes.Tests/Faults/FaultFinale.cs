namespace StreamPipes.Tests.Faults;

/// <summary>What has to happen before a connection ends that has survived, or has not ended yet.</summary>
internal enum FaultFinale
{
    /// <summary>Nothing: it ends on its own.</summary>
    None,

    /// <summary>The peer says its last words and closes.</summary>
    PeerCloses,

    /// <summary>The user writes on, and completes Output.</summary>
    UserFinishesOutput,

    /// <summary>The user aborts: until then the connection is open.</summary>
    UserAborts,
}
