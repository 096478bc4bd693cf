using StreamPipes.Benchmarks.Clients;
using StreamPipes.Benchmarks.Links;

namespace StreamPipes.Benchmarks.Contenders;

/// <summary>This library on the socket itself.</summary>
internal sealed class SocketPipesContender() : Contender("sp-socket", "StreamPipes, Default, on the socket")
{
    public override bool IsOurs => true;

    public override bool NeedsSocket => true;

    public override bool CanCompose => false;

    public override Client Open(Link link) => StreamPipesContender.Over(SocketConnection.Create(link.Socket));

    public override Stream Compose(Stream transport) => throw new NotSupportedException();
}
