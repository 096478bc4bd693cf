namespace StreamPipes.State;

/// <summary>What a connection has to do after something has happened to it.</summary>
internal enum NextStep
{
    None,

    /// <summary>Limit the time for what is still to come.</summary>
    StartTimer,

    /// <summary>Let the stream go.</summary>
    Close,
}
