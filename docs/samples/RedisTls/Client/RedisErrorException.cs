namespace RedisTls;

/// <summary>The server answered a command with an error. The connection is fine.</summary>
internal sealed class RedisErrorException(string message) : Exception(message)
{
    /// <summary>The first word of the error, such as <c>WRONGPASS</c>.</summary>
    public string Code => Message.Split(' ', 2)[0];
}
