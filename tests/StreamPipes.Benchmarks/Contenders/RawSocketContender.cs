using StreamPipes.Benchmarks.Clients;
using StreamPipes.Benchmarks.Links;

namespace StreamPipes.Benchmarks.Contenders;

/// <summary>The socket itself, without a stream.</summary>
internal sealed class RawSocketContender() : Contender("socket", "raw socket")
{
    public override bool NeedsSocket => true;

    public override bool CanCompose => false;

    public override Client Open(Link link) => new RawClient<SocketChannel>(new SocketChannel(link.Socket), link.CloseAsync);

    public override Stream Compose(Stream transport) => throw new NotSupportedException();
}
