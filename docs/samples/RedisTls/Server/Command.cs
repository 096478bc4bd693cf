namespace RedisTls;

/// <summary>One command of the embedded server. The words a handler gets begin with the command's name.</summary>
internal sealed record Command(string Name, int MinWords, int MaxWords, Action<ServerSession, byte[][]> Execute)
{
    /// <summary>Whether a client may use it before it has given its password.</summary>
    public bool BeforeLogin { get; init; }

    /// <summary>Whether a RESP2 client may use it while it is subscribed to something.</summary>
    public bool WhileSubscribed { get; init; }
}
