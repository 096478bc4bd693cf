namespace StreamPipes.Tests.Carriers;

/// <summary>What one run came to: at the far side, in the answer, at the near side, and in native code.</summary>
internal sealed record Outcome(FarReport Far, string? AnswerHash, string NearEnd, int Crashes)
{
    public bool IsWhole(Link link, Way way) =>
        string.Equals(Far.Hash, way.Writes() ? Content.RequestHash : Content.NothingHash, StringComparison.Ordinal)
        && (!way.Reads() || string.Equals(AnswerHash, Payload.HashOf(link.Answer), StringComparison.Ordinal))
        && NearEnd.Length == 0
        && Crashes == 0;
}
