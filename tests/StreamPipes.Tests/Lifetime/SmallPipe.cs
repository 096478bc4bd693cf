using System.IO.Pipelines;

namespace StreamPipes.Tests.Lifetime;

/// <summary>Pipe options with which one flush of <see cref="MoreThanFits"/> already waits for the peer.</summary>
internal static class SmallPipe
{
    public static readonly PipeOptions Options = new(pauseWriterThreshold: 1024, resumeWriterThreshold: 512, useSynchronizationContext: false);

    public static readonly PipeConnectionOptions ForConnection = new() { ReceivePipeOptions = Options, SendPipeOptions = Options };

    public static readonly byte[] MoreThanFits = Payload.Seeded(4000);
}
