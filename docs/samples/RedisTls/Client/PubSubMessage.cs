namespace RedisTls;

/// <summary>Something published on a channel.</summary>
internal readonly record struct PubSubMessage(string Channel, ReadOnlyMemory<byte> Payload);
