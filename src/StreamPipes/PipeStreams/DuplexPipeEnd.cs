using System.IO.Pipelines;

namespace StreamPipes.PipeStreams;

/// <summary>One end of an in-memory pair.</summary>
internal sealed class DuplexPipeEnd : IDuplexPipe
{
    public DuplexPipeEnd(PipeReader input, PipeWriter output)
    {
        Input = input;
        Output = output;
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }
}
