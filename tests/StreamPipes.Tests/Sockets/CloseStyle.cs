namespace StreamPipes.Tests.Sockets;

/// <summary>In which way a pair of connections ends.</summary>
public enum CloseStyle
{
    /// <summary>Both dispose at the same time.</summary>
    Both,

    /// <summary>The client disposes, the server sees the end and disposes too.</summary>
    Client,

    /// <summary>The server disposes, the client sees the end and disposes too.</summary>
    Server,

    /// <summary>The client aborts, the server sees what its transport makes of that.</summary>
    Abort,

    /// <summary>Each completes its output when it has said everything, and reads the other's to the end.</summary>
    HalfClose,
}
