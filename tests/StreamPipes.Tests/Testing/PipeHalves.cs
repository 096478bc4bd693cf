using System.IO.Pipelines;

namespace StreamPipes.Tests.Testing;

/// <summary>A duplex pipe made of any two halves.</summary>
internal sealed class PipeHalves(PipeReader input, PipeWriter output) : IDuplexPipe
{
    public PipeReader Input { get; } = input;

    public PipeWriter Output { get; } = output;
}
