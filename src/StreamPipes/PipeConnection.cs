using System.Diagnostics;
using System.IO.Pipelines;
using System.Net;
using StreamPipes.Common;
using StreamPipes.Connection;
using StreamPipes.Transports;

namespace StreamPipes;

/// <summary>A stream as a duplex pipe: two pumps move the bytes, one lifetime joins both directions.</summary>
/// <remarks>
/// <para><b>Ownership.</b> The connection owns its stream: when both directions have ended, the stream is disposed, unless
/// <see cref="PipeConnectionOptions.LeaveOpen"/> is set. Dispose the connection when done.</para>
/// <para><b>Concurrency.</b> One reader of <see cref="Input"/> and one writer of <see cref="Output"/> may be at work at the same time.
/// <see cref="Abort"/>, <see cref="PipeReader.CancelPendingRead"/>, <see cref="PipeWriter.CancelPendingFlush"/> and the properties may be
/// used from any thread at any time. <see cref="DisposeAsync"/> and completing an end take buffers back: not while another thread parses a
/// buffer it was given or fills memory it asked for; to stop such a thread, abort first. A read that is merely waiting ends with an
/// exception, and a flush that waits when its bytes are sent, or with the error that keeps them from it.</para>
/// <para><b>Completion.</b> Completing <see cref="Output"/> sends what was written, then half-closes where the stream can. Completing
/// <see cref="Input"/> stops reading. When both have ended, the stream is let go and <see cref="Completion"/> completes.</para>
/// <para><b>Errors.</b> The first error wins: the stream's own exception object is thrown by both ends and by <see cref="Completion"/>, each time with the stack
/// trace that it had when it was caught.
/// <see cref="Input"/> delivers every byte received before a read fault first. An error or a cancellation never looks like the end of the stream.</para>
/// <para><b>Cancellation.</b> A token given to a read or a flush cancels that wait only; what was flushed is sent exactly once all the same.</para>
/// <para><b>Flush.</b> See <see cref="PipeConnectionOptions.FlushThrough"/>: by default a flush hands over, the pump writes and flushes the stream.</para>
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed partial class PipeConnection : IDuplexPipe, IAsyncDisposable, IOwnConnection
{
    private readonly ConnectionLifetime _lifetime;

    private PipeConnection(ConnectionLifetime lifetime) => _lifetime = lifetime;

    /// <summary>
    /// What the peer sends. It reads ahead, up to <see cref="PipeOptions.PauseWriterThreshold"/> of
    /// <see cref="PipeConnectionOptions.ReceivePipeOptions"/>. Completing it, with or without an exception, stops the reading of the stream; sending continues.
    /// </summary>
    /// <remarks>
    /// <see cref="PipeReader.AdvanceTo(System.SequencePosition)"/> throws <see cref="InvalidOperationException"/> for a position that is not one of the last read's
    /// buffer. After a read that gave nothing (<see cref="PipeReader.TryRead"/> returned <see langword="false"/>, or a token ended the read) it may be called with
    /// <see langword="default"/>, and need not be.
    /// </remarks>
    public PipeReader Input => _lifetime.Input;

    /// <summary>
    /// What is sent to the peer. <see cref="PipeWriter.CompleteAsync"/> returns when every byte is written and flushed and the half-close is
    /// done, or throws the stream's own exception; <see cref="PipeWriter.Complete"/> starts the same and does not wait. Completing it with an
    /// exception drops what is unsent and aborts the connection, so that a message cut off does not look whole.
    /// </summary>
    /// <remarks>
    /// <see cref="FlushResult.IsCompleted"/> says that the peer takes no more: it had closed its direction, and a write of the stream has failed since. One
    /// flush says so; those after it throw the write's error, as <see cref="PipeWriter.CompleteAsync"/> and <see cref="Completion"/> do. The peer's end alone completes no
    /// flush, since the peer may still read. A write that fails without that end before is thrown at once. A stream made by <see cref="PipeWriter.AsStream"/> throws either way.
    /// </remarks>
    public PipeWriter Output => _lifetime.Output;

    /// <summary>
    /// Completes when both directions have ended and the stream has been let go; faults with the first error of the connection. It never
    /// raises <see cref="TaskScheduler.UnobservedTaskException"/>. Continuations run on the thread pool.
    /// </summary>
    public Task Completion => _lifetime.Completion;

    /// <summary>Why the connection ended; the first reason wins. <see cref="CloseReason.None"/> as long as it has not.</summary>
    public CloseReason CloseReason => _lifetime.CloseReason;

    /// <summary>
    /// The address of this side, if there is a socket under the connection, below TLS too; otherwise <see langword="null"/>, also for a Unix-domain socket without a
    /// name. It stays after the end. Behind a proxy it is the address to which the client has connected (<see cref="ProxyHeader"/>).
    /// </summary>
    public EndPoint? LocalEndPoint => _lifetime.LocalEndPoint;

    /// <summary>
    /// The address of the peer, if there is a socket under the connection, below TLS too; otherwise <see langword="null"/>, also for a Unix-domain socket without a
    /// name, which is what a client usually has. It stays after the end. Behind a proxy it is the client's address (<see cref="ProxyHeader"/>).
    /// </summary>
    public EndPoint? RemoteEndPoint => _lifetime.RemoteEndPoint;

    /// <summary>
    /// What a proxy said of the client before the first byte, if the listener reads that (<see cref="PipeListenerOptions.ProxyProtocol"/>); otherwise <see langword="null"/>. TLS that
    /// is put over this connection later keeps it.
    /// </summary>
    public ProxyHeader? ProxyHeader => _lifetime.ProxyHeader;

    /// <summary>How many bytes have been read from the stream, whether or not they were consumed yet. Bytes discarded while closing do not count.</summary>
    public long BytesReceived => _lifetime.BytesReceived;

    /// <summary>How many bytes the stream has taken: its write has returned.</summary>
    public long BytesSent => _lifetime.BytesSent;

    bool IOwnConnection.CanDetach => _lifetime.CanDetach;

    /// <summary>The one way from a transport to a connection. The pumps start on their own.</summary>
    internal static PipeConnection Over(Transport transport, PipeConnectionOptions options, ProxyHeader? proxyHeader = null)
    {
        ContractTransport.InsertInDebug(ref transport);
        return new PipeConnection(new ConnectionLifetime(transport, options, proxyHeader));
    }

    /// <summary>
    /// Ends the connection now: both ends throw at once, unsent and unread bytes are dropped, the stream is disposed even if a read or a
    /// write is stuck in it, and a socket that can be reached sends RST. May be called from any thread at any time; only the first reason
    /// counts, and after the connection has ended it does nothing. It does not wait and does not throw.
    /// </summary>
    /// <param name="reason">
    /// The exception thrown by both ends and by <see cref="Completion"/>; <see langword="null"/> for an <see cref="IOException"/> that says
    /// the connection was aborted here.
    /// </param>
    public void Abort(Exception? reason = null) => _lifetime.Abort(reason);

    /// <summary>
    /// Sends what was written, stops both pumps and hands the stream back alive: for STARTTLS, an upgrade, any switch of protocol. Nothing is
    /// shut down or disposed; both ends are completed, and <see cref="Completion"/> completes with <see cref="CloseReason.Detached"/>.
    /// </summary>
    /// <remarks>
    /// <para><b>The stream.</b> The one given (with what is unread in front of it), or a <see cref="System.Net.Sockets.NetworkStream"/> over the socket given, which is made blocking for it
    /// if it was not.</para>
    /// <para><b>Concurrency.</b> No read may be pending, and what was read must have been given back with
    /// <see cref="PipeReader.AdvanceTo(System.SequencePosition)"/>, except the buffer of a read that ended with <see cref="ReadResult.IsCanceled"/>, which is not
    /// valid any more. No code may write meanwhile.</para>
    /// <para><b>Cancellation.</b> The token ends the wait for what is still to be sent, and the connection continues as it was.</para>
    /// <para><b>A pending read of the stream.</b> It is cancelled where the stream is known to bear that (see
    /// <see cref="PipeConnectionOptions.SurvivesCanceledReads"/>), within <see cref="PipeConnectionOptions.CloseTimeout"/>; otherwise it stays in the stream and is
    /// handed over: what it brings comes first from <see cref="DetachedStream.Stream"/>, which is to be used instead of the stream given.</para>
    /// </remarks>
    /// <param name="cancellationToken">Gives up before the pumps are stopped.</param>
    /// <returns>The stream, which is the caller's now, and how many bytes are unread at its front.</returns>
    /// <exception cref="InvalidOperationException">A read is pending or not given back, an end was completed already, or the connection has been detached.</exception>
    /// <exception cref="NotSupportedException">The connection stands on two one-way streams.</exception>
    public ValueTask<DetachedStream> DetachAsync(CancellationToken cancellationToken = default) => _lifetime.DetachAsync(cancellationToken);

    /// <summary>
    /// Passes on between this connection and another what each receives, until both directions have ended, and closes both: for proxies and tunnels.
    /// </summary>
    /// <remarks>
    /// <para><b>Ownership.</b> From the call on the relay owns both connections. Both have ended, and are disposed, when it returns or throws; disposing them again does nothing. Only a
    /// call that is refused (<see cref="ArgumentException"/>, <see cref="InvalidOperationException"/>) leaves them as they were.</para>
    /// <para><b>Concurrency.</b> As with <see cref="DetachAsync"/>: no read of either may be pending, what was read must have been given back, and no caller may write. What was written before goes
    /// first; what was received and not consumed is passed on. <see cref="Abort"/> of either, from any thread, ends the relay.</para>
    /// <para><b>Completion.</b> The end of one input completes the other's output (the half-close), and the opposite direction continues. Where the stream has no half-close, its peer
    /// sees the end when the relay ends; <see cref="PipeConnectionOptions.IdleTimeout"/> bounds that. A TLS session that ends without close_notify counts as an end, unless
    /// <see cref="PipeConnectionOptions.RequireCloseNotify"/> is set.</para>
    /// <para><b>Errors.</b> They are in the result, not thrown. A connection that fails, is aborted, or exceeds a time limit of its own has the other one aborted with the same exception,
    /// so a reset is passed on as a reset. Where only a write has failed, what that peer still sends is passed on first, for as long as a close may take
    /// (<see cref="PipeConnectionOptions.CloseTimeout"/>); if it comes to its end, the other connection is closed in order, because a reset could destroy it.</para>
    /// <para><b>Cancellation.</b> The token aborts both connections, because to the peers a relay that is given up must not look like an end. The call then throws.</para>
    /// <para><b>Flush.</b> Every byte is copied once, between the two pipes, and flushed at once. While a peer does not read, its
    /// <see cref="PipeConnectionOptions.SendPipeOptions"/> hold the direction up, and then the other's <see cref="PipeConnectionOptions.ReceivePipeOptions"/> its peer.</para>
    /// <para><b>Alternatives.</b> To look at what passes, or to change it, read <see cref="Input"/> and write <see cref="Output"/>. One direction alone:
    /// <see cref="PipeReader.CopyToAsync(PipeWriter, CancellationToken)"/>.</para>
    /// </remarks>
    /// <param name="other">The other connection.</param>
    /// <param name="cancellationToken">Aborts both connections.</param>
    /// <returns>How many bytes were passed on each way, and how each direction ended.</returns>
    /// <exception cref="ArgumentException"><paramref name="other"/> is this connection.</exception>
    /// <exception cref="InvalidOperationException">A read is pending or not given back, or an end was completed already.</exception>
    /// <exception cref="OperationCanceledException">The token fired before both directions had ended.</exception>
    public Task<RelayResult> RelayAsync(PipeConnection other, CancellationToken cancellationToken = default)
    {
        if (other is null) throw new ArgumentNullException(nameof(other));
        if (ReferenceEquals(this, other)) throw new ArgumentException("A connection cannot be relayed to itself.", nameof(other));
        return Relay.RunAsync(_lifetime, other._lifetime, cancellationToken);
    }

    /// <summary>
    /// Closes in order: completes both ends, sends what was written (also what was not flushed), half-closes, reads on until the peer has
    /// closed too so that nothing sent is lost to a reset (or, on Linux, until the peer's kernel has acknowledged everything and a quarter of
    /// a second has passed without a byte from it), and disposes the stream. All that takes at most
    /// <see cref="PipeConnectionOptions.CloseTimeout"/>; then the connection is aborted. Idempotent; every call returns when
    /// <see cref="Completion"/> has ended. It never throws an error of the transport: <see cref="Completion"/> holds it.
    /// </summary>
    /// <returns>A task that ends when the stream has been let go.</returns>
    public ValueTask DisposeAsync() => _lifetime.DisposeAsync();

    /// <summary>
    /// What the connection stands on and what it is doing, for logs and debuggers: its state, the bytes received, sent and waiting, whether a
    /// read or a flush waits, and the first error. The wording may change. It may be called from any thread at any time.
    /// </summary>
    /// <returns>One line.</returns>
    public override string ToString() => _lifetime.ToString();
}
