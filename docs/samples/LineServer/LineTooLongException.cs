namespace LineServer;

/// <summary>A client sent more than a line may have.</summary>
internal sealed class LineTooLongException(int maxLength) : Exception(FormattableString.Invariant($"a line is longer than {maxLength} bytes"));
