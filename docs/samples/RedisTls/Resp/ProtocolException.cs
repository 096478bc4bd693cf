namespace RedisTls;

/// <summary>The peer sent bytes that are no RESP, or more of it than the limits allow. The connection is of no use afterwards.</summary>
internal sealed class ProtocolException(string message) : Exception(message);
