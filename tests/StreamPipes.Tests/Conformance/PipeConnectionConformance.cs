using System.IO.Pipelines;

namespace StreamPipes.Tests.Conformance;

/// <summary>What two <see cref="PipeConnection"/>s that talk to each other owe their users besides, whatever carries the bytes.</summary>
public abstract partial class PipeConnectionConformance : DuplexPipeConformance
{
    /// <summary>Why the peer of an aborted connection need not see an error: it sees an end, or an error, as the stream has it.</summary>
    protected virtual string? AbortLooksLikeTheEnd => null;

    /// <summary>Why what carries the bytes cannot be used by hand after a connection that left it open.</summary>
    protected virtual string? LeaveOpenLeavesNoUse => null;

    /// <summary>What kind of exception a broken connection is: the stream's own, or the socket's own.</summary>
    protected virtual Type TransportError => typeof(IOException);

    /// <summary>Why the connection has no stream to hand back.</summary>
    protected virtual string? CannotDetach => null;

    private protected Task<ConnectedPair> ConnectAsync(PipeOptions pipeOptions, PumpScheduling scheduling)
    {
        PipeConnectionOptions options = new() { ReceivePipeOptions = pipeOptions, SendPipeOptions = pipeOptions, Scheduling = scheduling };
        return ConnectAsync(options, options);
    }

    /// <summary>Closes both sides in order and waits for them.</summary>
    private static async Task CloseAsync(ConnectedPair pair)
    {
        Task client = pair.ClientConnection.DisposeAsync().AsTask();
        Task server = pair.ServerConnection.DisposeAsync().AsTask();
        await Task.WhenAll(client, server).Guarded();
    }
}
