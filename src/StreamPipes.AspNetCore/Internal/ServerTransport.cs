using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace StreamPipes.AspNetCore.Internal;

/// <summary>
/// A connection by the rules that the server expects of a transport, which are those of its own sockets. A client that leaves is everyday life. The server
/// logs as an error what it did not expect, and a client that leaves must not look like that.
/// </summary>
/// <remarks>
/// <list type="bullet">
/// <item>A flush never throws what has become of the connection. Its result says that it is completed, and what is written afterwards is dropped.</item>
/// <item>A read throws <see cref="ConnectionResetException"/> when the transport has failed, <see cref="ConnectionAbortedException"/> when this side gave up, or
/// an <see cref="IOException"/>: from then on at once, whatever has been received before. The next request of a client that has left is not one to be served.</item>
/// <item>Completing an end throws nothing.</item>
/// <item><see cref="Closed"/> tells that the client has left, whether or not anything is read.</item>
/// <item>A cancellation by the caller's token, and the refusal of a call that is not allowed, pass as they are.</item>
/// </list>
/// </remarks>
internal sealed class ServerTransport : IDuplexPipe
{
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile Exception? _fault;

    public ServerTransport(PipeConnection connection)
    {
        Connection = connection;
        Input = new ServerReader(this, connection.Input);
        Output = new ServerWriter(this, connection.Output);

        // Obsolete because not every reader calls back. Those of a PipeConnection do.
#pragma warning disable CS0618
        connection.Input.OnWriterCompleted(static (error, transport) => ((ServerTransport)transport!).NoteEnd(error), this);
#pragma warning restore CS0618
        _ = NoteCompletionAsync();
    }

    /// <summary>What is behind the border.</summary>
    public PipeConnection Connection { get; }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    /// <summary>
    /// Ends, and never faults, when the client has ended its side, or the connection has failed or ended. What the client had sent before can still be read.
    /// </summary>
    public Task Closed => _closed.Task;

    /// <summary>What every read throws once the connection has failed, set before <see cref="Closed"/> ends. Not after a failed write alone: the client's last words are read.</summary>
    public Exception? Fault => _fault;

    private bool HasFailed => Connection.CloseReason is CloseReason.ReadFault or CloseReason.WriteFault or CloseReason.Aborted or CloseReason.TimedOut;

    /// <summary>A stream for a layer over a transport, which stays the server's. Over a connection of ours there is no border in between.</summary>
    public static Stream LendStream(IDuplexPipe transport) => (transport is ServerTransport own ? own.Connection : transport).AsStream(leaveOpen: true);

    /// <summary>Whether an exception says what has become of the connection, and is neither the caller's cancellation nor the caller's mistake.</summary>
    public bool IsFault(Exception error, CancellationToken cancellationToken = default)
    {
        bool isCancellation = cancellationToken.IsCancellationRequested && error is OperationCanceledException canceled && canceled.CancellationToken == cancellationToken;
        return !isCancellation && HasFailed;
    }

    public Exception Translate(Exception fault) => ServerErrors.Translate(fault, isGivenUp: Connection.CloseReason is CloseReason.Aborted or CloseReason.TimedOut);

    /// <summary>Any thread.</summary>
    public void NoteClosed() => _closed.TrySetResult();

    public override string ToString() => Connection.ToString();

    private void NoteEnd(Exception? error)
    {
        if (error is not null && Connection.CloseReason != CloseReason.WriteFault) _fault ??= Translate(error);
        NoteClosed();
    }

    private async Task NoteCompletionAsync()
    {
        await Connection.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        NoteEnd(Connection.Completion.Exception?.InnerException);
    }
}
