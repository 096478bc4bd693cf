using System.IO.Pipelines;

namespace StreamPipes;

/// <summary>
/// How a connection reads, writes, schedules and closes. All properties are optional; an instance is immutable and may be shared by any
/// number of connections.
/// </summary>
public sealed partial class PipeConnectionOptions
{
    private readonly int _minimumReadSize = 4096;
    private readonly int _maximumWriteSize = 32 * 1024;
    private readonly TimeSpan _closeTimeout = TimeSpan.FromSeconds(5);
    private readonly TimeSpan _idleTimeout = Timeout.InfiniteTimeSpan;
    private readonly TimeSpan _writeTimeout = Timeout.InfiniteTimeSpan;

    /// <summary>
    /// Options of the pipe that holds received bytes: memory pool, segment size, the thresholds of back-pressure and the schedulers.
    /// Default <see langword="null"/>: the library's own block pool, 32 KiB segments, a pause at 128 KiB, a resume at 64 KiB, no
    /// <see cref="SynchronizationContext"/>. Given options are used as they are, <see cref="Scheduling"/> notwithstanding.
    /// </summary>
    public PipeOptions? ReceivePipeOptions { get; init; }

    /// <summary>
    /// Options of the pipe that holds bytes to be sent, with the same default as <see cref="ReceivePipeOptions"/>. A
    /// <see cref="PipeWriter.FlushAsync"/> waits while more than <see cref="PipeOptions.PauseWriterThreshold"/> bytes are unsent.
    /// </summary>
    public PipeOptions? SendPipeOptions { get; init; }

    /// <summary>
    /// Whether the stream stays open, and the caller's, when the connection ends. Default <see langword="false"/>: the connection owns
    /// the stream. With <see langword="true"/> nothing is shut down or disposed, not even by <see cref="PipeConnection.Abort"/>; what was
    /// written is flushed, and the pending read of the stream is cancelled then, and over before <see cref="PipeConnection.Completion"/> ends. A stream that does not
    /// bear that (see <see cref="SurvivesCanceledReads"/>) is of no use afterwards: detach it instead. One whose <c>ReadAsync</c> ignores its token is abandoned after
    /// <see cref="CloseTimeout"/>.
    /// </summary>
    public bool LeaveOpen { get; init; }

    /// <summary>
    /// Whether to wait for data with an empty read before a buffer is rented, so that an idle connection holds none. Default
    /// <see langword="null"/>: on for <see cref="System.Net.Sockets.NetworkStream"/>, <see cref="System.Net.Security.SslStream"/> and the
    /// streams of <see cref="DuplexPipe.AsStream"/>; off for streams this library does not know, because some take an empty read for the
    /// end (dotnet/runtime#88792).
    /// </summary>
    public bool? UseZeroByteReads { get; init; }

    /// <summary>
    /// Whether a read of the stream that is cancelled loses nothing and leaves the stream as it was, in both directions. Default <see langword="null"/>: yes
    /// for sockets, <see cref="System.Net.Sockets.NetworkStream"/>, the streams of <see cref="DuplexPipe.AsStream"/>, and
    /// <see cref="System.Net.Security.SslStream"/> over these; no for everything else, because a cancelled read ends some streams (a WebSocket's, the one behind
    /// HTTP 101) with what is still on its way. Such a stream is disposed before its pending read is cancelled, and a read that is still pending goes on where the
    /// connection leaves the stream to its owner. Say yes for a stream of your own that bears it.
    /// </summary>
    public bool? SurvivesCanceledReads { get; init; }

    /// <summary>
    /// The smallest buffer, in bytes, ever offered to a read of the stream, or an eighth of a block of the receiving pipe's memory pool, if that
    /// is less. Default 4,096; at least 1.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int MinimumReadSize
    {
        get => _minimumReadSize;
        init => _minimumReadSize = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A read needs a buffer of at least one byte.");
    }

    /// <summary>
    /// Up to how many bytes small pieces are joined into one write of the stream. Default 32,768, the most that
    /// <see cref="System.Net.Security.SslStream"/> hands on at once; at least 1. It is not a limit: a larger piece of contiguous memory is
    /// written as it is.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is less than 1.</exception>
    public int MaximumWriteSize
    {
        get => _maximumWriteSize;
        init => _maximumWriteSize = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "A write carries at least one byte.");
    }

    /// <summary>
    /// Whether <see cref="PipeWriter.FlushAsync"/> ends only when its bytes have been written to the stream and the stream has been
    /// flushed, with one write for each flush whatever its size. Default <see langword="false"/>: a flush hands the bytes to the send pump
    /// and ends at once, unless back-pressure makes it wait; flushes that come while the pump is writing share the next write.
    /// </summary>
    public bool FlushThrough { get; init; }

    /// <summary>
    /// Whether the library's buffers are cleared when the connection is done with them, so that no secret stays in pooled memory: the blocks
    /// of both directions, whatever their pool, and those in which small pieces are joined. Default <see langword="false"/>. Memory that the caller
    /// still has when the connection ends is cleared once it is given back (<see cref="PipeReader.AdvanceTo(System.SequencePosition)"/>,
    /// <see cref="PipeWriter.Advance"/>), not below its user. What the stream itself keeps, such as the buffers of TLS, is not the library's to clear.
    /// </summary>
    public bool ClearBuffers { get; init; }

    /// <summary>Which thread moves the bytes. Default <see cref="PumpScheduling.Default"/>.</summary>
    public PumpScheduling Scheduling { get; init; }

    /// <summary>
    /// How long closing may take: the sending of what was written once both ends are completed or the connection is disposed, the wait for
    /// the peer's own close after ours, and the wait for a stream that does not let go. Default 5 seconds;
    /// <see cref="Timeout.InfiniteTimeSpan"/> waits for ever. Bytes still unsent when it passes are dropped, and
    /// <see cref="PipeConnection.Completion"/> faults with a <see cref="TimeoutException"/>. The sending of a writer of
    /// <see cref="StreamConnection.CreateWriter"/> takes as long as it takes.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative and not infinite, or longer than a timer can wait (about 49 days).</exception>
    public TimeSpan CloseTimeout
    {
        get => _closeTimeout;
        init => _closeTimeout = value == TimeSpan.Zero ? value : TimeLimit(value);
    }

    /// <summary>
    /// How long the connection may be without a byte in either direction. Then it is aborted, with a <see cref="TimeoutException"/> at both
    /// ends and <see cref="CloseReason.TimedOut"/>. Default <see cref="Timeout.InfiniteTimeSpan"/>: for ever. It does not pass while the receive
    /// pump waits for the reader to make room, and ends where the close begins, which <see cref="CloseTimeout"/> limits. It is checked by one timer
    /// for each connection, never per read or write.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not more than zero and not infinite, or longer than a timer can wait (about 49 days).</exception>
    public TimeSpan IdleTimeout
    {
        get => _idleTimeout;
        init => _idleTimeout = TimeLimit(value);
    }

    /// <summary>
    /// How long one write, flush or half-close of the stream may take: a peer that does not read stops it. Then the connection is aborted, with a
    /// <see cref="TimeoutException"/> at both ends and <see cref="CloseReason.TimedOut"/>. Default <see cref="Timeout.InfiniteTimeSpan"/>:
    /// for ever.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not more than zero and not infinite, or longer than a timer can wait (about 49 days).</exception>
    public TimeSpan WriteTimeout
    {
        get => _writeTimeout;
        init => _writeTimeout = TimeLimit(value);
    }

    internal static PipeConnectionOptions Default { get; } = new();

    private static TimeSpan TimeLimit(TimeSpan value) => value == Timeout.InfiniteTimeSpan || (value > TimeSpan.Zero && value.TotalMilliseconds <= uint.MaxValue - 1)
        ? value
        : throw new ArgumentOutOfRangeException(nameof(value), value, "A time limit is more than zero (a CloseTimeout may be zero) and under 49 days, or Timeout.InfiniteTimeSpan.");
}
