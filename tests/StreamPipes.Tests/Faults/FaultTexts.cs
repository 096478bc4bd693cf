namespace StreamPipes.Tests.Faults;

/// <summary>The bytes that the cases send and receive.</summary>
internal static class FaultTexts
{
    /// <summary>What the user has sent, and the stream has got, before the fault.</summary>
    public const string Sent = "ping!";

    /// <summary>Of the first bytes the user takes a part, and has seen all.</summary>
    public const string Taken = "he";
    public const string Unread = "llo";

    /// <summary>Written and on its way, or not even flushed, when the fault comes.</summary>
    public const string Tail = "tail!";

    /// <summary>Written when the connection has survived.</summary>
    public const string Later = "later";

    public const string LastWords = "words";

    /// <summary>Larger than the pipe, so that its flush waits.</summary>
    public static readonly string MoreThanFits = new('x', 4000);
}
