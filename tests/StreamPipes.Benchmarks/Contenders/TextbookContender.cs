using StreamPipes.Benchmarks.Clients;
using StreamPipes.Benchmarks.Links;

namespace StreamPipes.Benchmarks.Contenders;

internal sealed class TextbookContender() : Contender("textbook", "textbook two pumps")
{
    public override bool IsPeer => true;

    public override Client Open(Link link)
    {
        TextbookPumps pumps = new(link.Stream);
        return new PipeClient(pumps.Input, pumps.Output, CloseAsync);

        async ValueTask CloseAsync()
        {
            await pumps.CompleteOutputAsync();
            await link.HalfCloseAsync();
            await pumps.CompleteInputAsync();
            await link.DisposeAsync();
        }
    }

    public override Stream Compose(Stream transport)
    {
        TextbookPumps pumps = new(transport);
        return new HalvesStream(pumps.Input.AsStream(), pumps.Output.AsStream());
    }
}
