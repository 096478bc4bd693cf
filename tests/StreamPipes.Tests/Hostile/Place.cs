namespace StreamPipes.Tests.Hostile;

/// <summary>A byte of what the peer sends, counted from the end of one of its TLS records: those differ in length by a byte or two between sessions.</summary>
/// <param name="Record">Behind how many records; none is the beginning.</param>
/// <param name="Offset">How many bytes behind the end of that record, or before it.</param>
internal sealed record Place(int Record, long Offset)
{
    public static Place At(long offset) => new(0, offset);
}
