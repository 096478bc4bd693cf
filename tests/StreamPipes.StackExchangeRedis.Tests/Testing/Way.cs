namespace StreamPipes.StackExchangeRedis.Tests.Testing;

/// <summary>How a client gets to the server.</summary>
public enum Way
{
    Plain,
    Tls,
    UnixSocket,
}
