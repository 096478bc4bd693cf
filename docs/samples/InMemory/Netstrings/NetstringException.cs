namespace InMemory;

/// <summary>The bytes are no netstring.</summary>
internal sealed class NetstringException(string message) : Exception(message);
