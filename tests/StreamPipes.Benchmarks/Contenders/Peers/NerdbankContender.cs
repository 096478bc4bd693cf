using System.IO.Pipelines;
using Nerdbank.Streams;
using StreamPipes.Benchmarks.Clients;
using StreamPipes.Benchmarks.Links;

namespace StreamPipes.Benchmarks.Contenders.Peers;

internal sealed class NerdbankContender() : Contender("nerdbank", "Nerdbank.Streams UsePipe")
{
    public override bool IsPeer => true;

    public override Client Open(Link link)
    {
        IDuplexPipe pipe = link.Stream.UsePipe();
        return new PipeClient(pipe.Input, pipe.Output, CloseAsync);

        async ValueTask CloseAsync()
        {
            // Everything has been acknowledged by now: only the end is missing, and the pumps do not send one.
            await link.HalfCloseAsync();
            ReadResult end = await pipe.Input.ReadAsync();
            pipe.Input.AdvanceTo(end.Buffer.End);
            await pipe.Output.CompleteAsync();
            await pipe.Input.CompleteAsync();
            await link.DisposeAsync();
        }
    }

    public override Stream Compose(Stream transport) => transport.UsePipe().AsStream();
}
