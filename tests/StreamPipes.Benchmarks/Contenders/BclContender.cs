using System.IO.Pipelines;
using StreamPipes.Benchmarks.Clients;
using StreamPipes.Benchmarks.Links;

namespace StreamPipes.Benchmarks.Contenders;

/// <summary>The framework's own adapters.</summary>
internal sealed class BclContender() : Contender("bcl", "PipeReader.Create + PipeWriter.Create")
{
    public override bool IsPeer => true;

    public override Client Open(Link link)
    {
        PipeReader input = PipeReader.Create(link.Stream, new StreamPipeReaderOptions(leaveOpen: true));
        PipeWriter output = PipeWriter.Create(link.Stream, new StreamPipeWriterOptions(leaveOpen: true));
        return new PipeClient(input, output, CloseAsync);

        async ValueTask CloseAsync()
        {
            await input.CompleteAsync();
            await output.CompleteAsync();
            await link.CloseAsync();
        }
    }

    public override Stream Compose(Stream transport)
    {
        PipeReader input = PipeReader.Create(transport);
        PipeWriter output = PipeWriter.Create(transport);
        return new HalvesStream(input.AsStream(), output.AsStream());
    }
}
