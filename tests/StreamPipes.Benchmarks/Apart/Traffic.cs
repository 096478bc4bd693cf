namespace StreamPipes.Benchmarks.Apart;

/// <summary>What goes over the connections of a row. Every message has 64 bytes.</summary>
internal enum Traffic
{
    /// <summary>Messages one way, each flushed; the peer acknowledges each batch.</summary>
    Flood,

    /// <summary>A message, the same message back, the next.</summary>
    Echo,

    /// <summary>50 callers share each connection; each sends a message and waits for the answer.</summary>
    Callers,

    /// <summary>One message to each connection in turn, each flushed.</summary>
    FanOut,
}
