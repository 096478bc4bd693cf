namespace SpoaAgent;

/// <summary>What the agent knows about the traffic.</summary>
internal interface IMessageHandler
{
    /// <summary>Answers the messages of one NOTIFY.</summary>
    /// <remarks>
    /// The messages lie in the connection's buffer until this method returns its task. An async method cannot have a ref struct as a parameter:
    /// so take out of the messages what is needed, then give that to an async method. Those run side by side, and HAProxy takes their
    /// answers in any order.
    /// </remarks>
    ValueTask<ActionList> HandleAsync(MessageReader messages, CancellationToken cancellationToken);
}
