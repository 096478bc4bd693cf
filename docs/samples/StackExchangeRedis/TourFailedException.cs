namespace StackExchangeRedisSample;

/// <summary>An answer was not the expected one.</summary>
internal sealed class TourFailedException(string message) : Exception(message);
