using StreamPipes.Benchmarks.Clients;
using StreamPipes.Benchmarks.Links;

namespace StreamPipes.Benchmarks.Contenders;

/// <summary>The stream itself.</summary>
internal sealed class RawContender() : Contender("raw", "raw stream")
{
    public override bool IsReference => true;

    public override Client Open(Link link) => new RawClient<StreamChannel>(new StreamChannel(link.Stream), link.CloseAsync);

    public override Stream Compose(Stream transport) => transport;
}
