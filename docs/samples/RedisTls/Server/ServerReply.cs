namespace RedisTls;

/// <summary>A reply, and the protocol that was in force when it was given: HELLO changes it for what follows.</summary>
internal readonly record struct ServerReply(RespValue Value, int Protocol);
