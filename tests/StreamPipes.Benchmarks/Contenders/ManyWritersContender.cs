using StreamPipes.Benchmarks.Clients;
using StreamPipes.Benchmarks.Links;

namespace StreamPipes.Benchmarks.Contenders;

/// <summary>This library for many callers at once, who otherwise wait for each other at a semaphore.</summary>
internal sealed class ManyWritersContender(string key, string name, bool isOurs, Func<PipeConnection, Client> client) : Contender(key, name)
{
    public override bool IsOurs => isOurs;

    public override bool IsForMany => true;

    public override bool CanCompose => false;

    public override Client Open(Link link) => client(StreamConnection.Create(link.Stream));

    public override Stream Compose(Stream transport) => throw new NotSupportedException();
}
