namespace StreamPipes.Tests.Carriers;

/// <summary>What the far side got, and what it saw behind it.</summary>
internal sealed record FarReport(int Length, string Hash, string End)
{
    public static FarReport Of(byte[] bytes, string end) => new(bytes.Length, Payload.HashOf(bytes), end);
}
