using System.IO.Pipelines;

namespace StreamPipes.Tests.Conformance;

/// <summary>What the framework offers over a stream: a reader and a writer, and nothing that joins their lifetimes.</summary>
internal sealed class BclDuplexPipe(Stream stream) : IDuplexPipe
{
    public PipeReader Input { get; } = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));

    public PipeWriter Output { get; } = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));

    public ValueTask CloseAsync() => stream.DisposeAsync();
}
