using StreamPipes.Benchmarks.Clients;
using StreamPipes.Benchmarks.Links;

namespace StreamPipes.Benchmarks.Contenders;

/// <summary>This library over a stream, in one of its scheduling modes.</summary>
internal sealed class StreamPipesContender(string key, PumpScheduling scheduling) : Contender(key, $"StreamPipes, {scheduling}")
{
    private readonly PipeConnectionOptions _options = new() { Scheduling = scheduling };

    public override bool IsOurs => true;

    public override bool HoldsThreads => scheduling is not (PumpScheduling.Default or PumpScheduling.Inline or PumpScheduling.ThreadPool);

    public override Client Open(Link link) => Over(StreamConnection.Create(link.Stream, _options));

    public override Stream Compose(Stream transport) => StreamConnection.Create(transport, _options).AsStream();

    public static Client Over(PipeConnection connection) => new PipeClient(connection.Input, connection.Output, connection.DisposeAsync);
}
