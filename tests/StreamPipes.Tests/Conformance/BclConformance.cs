using System.IO.Pipelines;

namespace StreamPipes.Tests.Conformance;

/// <summary>
/// The control group: the framework's own adapters run through the same suite. What they do otherwise is listed here, and shows which
/// rules are this library's.
/// </summary>
public abstract class BclConformance : DuplexPipeConformance
{
    protected override string? NoHalfClose => "Completing the writer either leaves the stream alone or disposes it whole.";

    protected override string? CancelledFlushIsUnsafe =>
        "The caller's token reaches the stream's write: what was half written is sent again, and a TLS session dies of it.";

    protected override string? SecondReadDeviates => "A second read is not noticed: both go to the stream.";

    protected override string? StrayAdvanceDeviates => "It is not noticed.";

    protected override string? StalePositionDeviates => "It is not noticed.";

    protected override string? PositionBeyondTheEndDeviates => "It is not noticed.";

    protected override string? SecondAdvanceDeviates => "It is not noticed.";

    protected override string? PrecancelledFlushDeviates => "It throws, but with a token of its own.";

    protected override string? CancelledCopyDeviates => "Once its buffer is empty it has the stream copy itself, and what that has in hand when the token fires is lost.";

    protected override string? SecondFlushDeviates => "It goes to the stream as a second write, which waits or is refused by the stream.";

    protected override string? ExaminedBeforeConsumedDeviates => "It is not noticed.";

    protected override string? TryReadAtTheEndDeviates => "Since .NET 10 the end is not kept (dotnet/runtime#118041).";

    /// <summary>Why closing may cost the peer what was sent.</summary>
    protected virtual string? CloseMayReset => null;

    private protected abstract Task<StreamPair> ConnectStreamsAsync();

    private protected sealed override async Task<ConnectedPair> ConnectAsync(PipeConnectionOptions? clientOptions = null, PipeConnectionOptions? serverOptions = null)
    {
        StreamPair streams = await ConnectStreamsAsync();
        return new ConnectedPair(new BclDuplexPipe(streams.Client), new BclDuplexPipe(streams.Server), streams);
    }

    private protected sealed override async Task EndSendingAsync(IDuplexPipe end)
    {
        SkipIf(CloseMayReset);
        await base.EndSendingAsync(end);
        await ((BclDuplexPipe)end).CloseAsync().Guarded();
    }
}

/// <summary>Control group over plain TCP.</summary>
public sealed class BclNetworkStreamConformance : BclConformance
{
    private protected override Task<StreamPair> ConnectStreamsAsync() => StreamPairs.TcpAsync();
}

/// <summary>Control group over TLS.</summary>
public sealed class BclSslStreamConformance : BclConformance
{
    protected override string? CloseMayReset => "A TLS 1.3 client that closes with its session tickets unread makes the kernel send a reset.";

    private protected override Task<StreamPair> ConnectStreamsAsync() => StreamPairs.TlsAsync();
}

/// <summary>What the framework offers over a stream: a reader and a writer, and nothing that joins their lifetimes.</summary>
internal sealed class BclDuplexPipe(Stream stream) : IDuplexPipe
{
    public PipeReader Input { get; } = PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true));

    public PipeWriter Output { get; } = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));

    public ValueTask CloseAsync() => stream.DisposeAsync();
}
