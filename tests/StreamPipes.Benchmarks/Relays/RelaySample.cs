namespace StreamPipes.Benchmarks.Relays;

/// <summary>What a relay took in one pass.</summary>
/// <param name="In">Processor time for a MB from the client, in nanoseconds.</param>
/// <param name="Out">The same for a MB to the client.</param>
/// <param name="Message">Processor time for a round trip of 64 B.</param>
/// <param name="Connection">Processor time for a connection: handshake, a message, close.</param>
/// <param name="Rate">Connections in a second.</param>
internal sealed record RelaySample(double In, double Out, double Message, double Connection, double Rate);
