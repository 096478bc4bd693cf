using System.Security.Authentication;

namespace StreamPipes.Fuzzing.Tls;

/// <summary>Which session is run, and what happens to what the peer sends in it.</summary>
internal sealed record TlsPlan
{
    private const int MostEdits = 12;

    /// <summary>Whether the connection under test is the client.</summary>
    public bool IsClient { get; init; }

    public SslProtocols Protocol { get; init; }

    /// <summary>Whether there is no peer: what the fuzzer wrote is all that comes.</summary>
    public bool IsRaw { get; init; }

    public bool RequiresCloseNotify { get; init; }

    /// <summary>Whether the stream ends with a fault instead of an end.</summary>
    public bool EndsWithFault { get; init; }

    /// <summary>How many bytes a read of the stream brings at most.</summary>
    public int ReadSize { get; init; }

    public byte[] Raw { get; init; } = [];

    public IReadOnlyList<RecordEdit> Edits { get; init; } = [];

    public static TlsPlan Read(FuzzBytes bytes)
    {
        byte flags = bytes.Next();
        bool isRaw = (flags & 4) != 0;
        return new TlsPlan
        {
            IsClient = (flags & 1) != 0,
            Protocol = (flags & 2) != 0 ? SslProtocols.Tls12 : SslProtocols.Tls13,
            IsRaw = isRaw,
            RequiresCloseNotify = (flags & 8) != 0,
            EndsWithFault = (flags & 16) != 0,
            ReadSize = (flags & 32) != 0 ? 7 : int.MaxValue,
            Raw = isRaw ? bytes.Rest() : [],
            Edits = isRaw ? [] : ReadEdits(bytes),
        };
    }

    private static List<RecordEdit> ReadEdits(FuzzBytes bytes)
    {
        List<RecordEdit> edits = [];
        while (!bytes.IsAtEnd && edits.Count < MostEdits) edits.Add(RecordEdit.Read(bytes));
        return edits;
    }
}
