namespace RedisTls;

/// <summary>The server gave another answer than the tour expects.</summary>
internal sealed class TourFailedException(string message) : Exception(message);
