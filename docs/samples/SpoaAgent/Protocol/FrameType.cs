namespace SpoaAgent;

/// <summary>The first byte of a frame.</summary>
internal enum FrameType
{
    /// <summary>Not the first fragment of its payload.</summary>
    Unset = 0,

    HaproxyHello = 1,
    HaproxyDisconnect = 2,
    Notify = 3,
    AgentHello = 101,
    AgentDisconnect = 102,
    Ack = 103,
}
