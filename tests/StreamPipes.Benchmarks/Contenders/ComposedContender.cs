using System.Globalization;
using StreamPipes.Benchmarks.Clients;
using StreamPipes.Benchmarks.Links;

namespace StreamPipes.Benchmarks.Contenders;

/// <summary>Another contender's pipe, used as a stream again.</summary>
internal sealed class ComposedContender(Contender inner) : Contender($"{inner.Key}-stream", string.Create(CultureInfo.InvariantCulture, $"{inner.Name}, as a stream again"))
{
    public override bool CanCompose => false;

    public override Client Open(Link link)
    {
        Stream stream = inner.Compose(link.Stream);
        return new RawClient<StreamChannel>(new StreamChannel(stream), stream.DisposeAsync);
    }

    public override Stream Compose(Stream transport) => throw new NotSupportedException();
}
