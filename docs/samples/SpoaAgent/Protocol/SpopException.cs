namespace SpoaAgent;

/// <summary>The peer broke a rule of the protocol; the status is what it is told before the connection is closed.</summary>
internal sealed class SpopException(SpopStatus status, string message) : Exception(message)
{
    public SpopStatus Status { get; } = status;
}
