namespace StreamPipes.Soak;

/// <summary>The library did what it must not do.</summary>
internal sealed class SoakException(string message) : Exception(message);
