namespace StreamPipes.Testing.Links;

/// <summary>What the trace of a run tells of.</summary>
internal enum LinkEvent
{
    Connected,
    Sent,
    Stalled,
    Arrived,
    Read,
    EndSent,
    EndArrived,
    Truncated,
    Reset,
    Disposed,
    Note,
}
