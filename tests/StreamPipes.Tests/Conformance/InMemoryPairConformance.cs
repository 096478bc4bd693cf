namespace StreamPipes.Tests.Conformance;

/// <summary><see cref="DuplexPipe.CreatePair"/>: two plain pipes, crossed.</summary>
public sealed class InMemoryPairConformance : DuplexPipeConformance
{
    protected override string? SecondReadDeviates => "A plain pipe answers a second reader by ending the writer with the exception.";

    protected override string? StalePositionDeviates => "A plain pipe takes the position as it is.";

    protected override string? PositionBeyondTheEndDeviates => "A plain pipe takes the position as it is.";

    protected override string? SecondAdvanceDeviates => "A plain pipe takes the position before it throws.";

    protected override string? SecondFlushDeviates => "A plain pipe answers a second flush by ending the reader.";

    protected override string? ReadAtLeastForgetsWhatWasKept => "A plain pipe counts only bytes that it has not shown before.";

    protected override string? CancelledReadAtLeastHidesBytes => "A plain pipe forgets that there was something unexamined, until more comes.";

    protected override string? ExaminedCannotGoBack => typeof(System.IO.Pipelines.Pipe).Assembly.GetName().Version!.Major < 10
        ? "Before .NET 10 a plain pipe throws for that."
        : null;

    private protected override Task<ConnectedPair> ConnectAsync(PipeConnectionOptions? clientOptions = null, PipeConnectionOptions? serverOptions = null)
    {
        (System.IO.Pipelines.IDuplexPipe client, System.IO.Pipelines.IDuplexPipe server) = DuplexPipe.CreatePair();
        return Task.FromResult(new ConnectedPair(client, server));
    }
}
