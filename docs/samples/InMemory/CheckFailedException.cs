namespace InMemory;

/// <summary>A check found something else than it should.</summary>
internal sealed class CheckFailedException(string message) : Exception(message);
