using StreamPipes.Benchmarks.Clients;
using StreamPipes.Benchmarks.Links;

namespace StreamPipes.Benchmarks.Contenders;

/// <summary>The physical limit of a flood: the raw stream, given the same bytes in large writes.</summary>
internal sealed class BlocksContender() : Contender("blocks", "same bytes in 32 KiB writes")
{
    public override bool IsMark => true;

    public override bool CanCompose => false;

    public override Client Open(Link link) => new BlocksClient(link);

    public override Stream Compose(Stream transport) => throw new NotSupportedException();
}
