using System.IO.Pipelines;
using StreamPipes.Common;
using StreamPipes.PipeStreams;
using StreamPipes.Scheduling;

namespace StreamPipes;

/// <summary>In-memory duplex pipes, and the way back from a duplex pipe to a <see cref="Stream"/>.</summary>
public static class DuplexPipe
{
    /// <summary>
    /// Creates two ends of an in-memory connection: what is written to one end's output is read from the other end's input. For tests of
    /// protocol code and for talk inside one process.
    /// </summary>
    /// <remarks>
    /// Each direction is a <see cref="Pipe"/>, with its rules of ownership, concurrency, completion and cancellation: completing an output
    /// ends the other side's input (half-close), completing it with an exception throws that exception there, completing an input makes the
    /// other side's flush say <see cref="FlushResult.IsCompleted"/>. Nothing needs to be disposed.
    /// </remarks>
    /// <param name="options">
    /// Options of both directions. Default <see langword="null"/>: the library's own block pool, a pause at 128 KiB, continuations on the
    /// thread pool, no <see cref="SynchronizationContext"/>.
    /// </param>
    /// <returns>The two ends.</returns>
    public static (IDuplexPipe, IDuplexPipe) CreatePair(PipeOptions? options = null)
    {
        options ??= DirectionSettings.Usual;
        Pipe there = new(options);
        Pipe back = new(options);
        return (new End(back.Reader, there.Writer), new End(there.Reader, back.Writer));
    }

    /// <summary>Wraps a duplex pipe as a <see cref="Stream"/>, for everything that wants one: TLS, compression, older libraries.</summary>
    /// <remarks>
    /// <para><b>Ownership.</b> Disposing the stream completes both halves of the pipe, unless <paramref name="leaveOpen"/> is set; a
    /// <see cref="PipeConnection"/> is disposed whole. With <paramref name="leaveOpen"/> the pipe receives what was written, nothing completes it (not even a
    /// half-close by a layer on the stream), and the halves stay the caller's. Every call of <c>DisposeAsync</c> waits for the one close, whichever call
    /// began it; <see cref="Stream.Dispose()"/> begins it and does not wait.</para>
    /// <para><b>A full pipe.</b> With <paramref name="leaveOpen"/>, <c>DisposeAsync</c> does not wait for the pipe's reader to make room: the bytes are in the pipe,
    /// and a flush that waits is cancelled. Where the pipe has a writer of another kind than this library's or a <see cref="Pipe"/>'s, <c>DisposeAsync</c> waits for
    /// the flush of the coalesced bytes instead, because such a writer may have sent half of them.</para>
    /// <para><b>Concurrency.</b> One read and one write may run at the same time, from any threads. A second read or copy throws
    /// <see cref="InvalidOperationException"/> until the first has completed; writes and flushes wait for each other.</para>
    /// <para><b>Reading.</b> The end is 0 (or -1 from <see cref="Stream.ReadByte"/>), again and again. A read into an empty buffer waits until
    /// there is data, as <see cref="System.Net.Security.SslStream"/> expects.</para>
    /// <para><b>Flush.</b> Writes reach the peer without a flush too. The first one after a pause goes at once; small ones that follow it
    /// are coalesced in the pipe until there are 4 KiB of them, until a read or a flush comes, or else until the thread pool flushes them.
    /// <see cref="Stream.FlushAsync()"/> sends them now.</para>
    /// <para><b>Errors.</b> The read or the write that meets a fault of the pipe throws it, as a stream does: an <see cref="IOException"/>, with the pipe's own
    /// exception (a <see cref="System.Net.Sockets.SocketException"/>, a <see cref="TimeoutException"/>) as its <see cref="Exception.InnerException"/>. Exceptions that
    /// streams throw anyway pass as they are: <see cref="IOException"/>, <see cref="OperationCanceledException"/>, <see cref="InvalidOperationException"/>,
    /// <see cref="ArgumentException"/>, <see cref="NotSupportedException"/>. Writing to a pipe whose reader has been completed throws
    /// <see cref="IOException"/>. Using the stream after its disposal throws <see cref="ObjectDisposedException"/>, and so does a read that is pending then.</para>
    /// <para><b>Inline pipes.</b> A pipe whose schedulers are inline runs its reader inside the flush. A blocking write by that reader to the same stream
    /// goes through, on this library's pipes and on a <see cref="Pipe"/>; on any other it throws <see cref="InvalidOperationException"/>.</para>
    /// <para><b>Cancellation.</b> Tokens are honoured and lose nothing: a cancelled write has either taken all its bytes or none.
    /// <see cref="PipeReader.CancelPendingRead"/> ends a read with <see cref="OperationCanceledException"/>, never with 0.</para>
    /// <para><b>Alternatives.</b> For one half only, use <see cref="PipeReader.AsStream"/> or <see cref="PipeWriter.AsStream"/>.</para>
    /// </remarks>
    /// <param name="pipe">The pipe. It must not be used otherwise while the stream reads and writes it.</param>
    /// <param name="leaveOpen">Whether disposing the stream leaves the pipe open. Default <see langword="false"/>.</param>
    /// <returns>A stream that can be read and written, not sought.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="pipe"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">The pipe has no <see cref="IDuplexPipe.Input"/>, or no <see cref="IDuplexPipe.Output"/>.</exception>
    public static Stream AsStream(this IDuplexPipe pipe, bool leaveOpen = false)
    {
        if (pipe is null) throw new ArgumentNullException(nameof(pipe));
        return DuplexPipeStream.Over(pipe, leaveOpen);
    }

    /// <summary>One end of an in-memory pair.</summary>
    private sealed class End : IDuplexPipe
    {
        public End(PipeReader input, PipeWriter output)
        {
            Input = input;
            Output = output;
        }

        public PipeReader Input { get; }

        public PipeWriter Output { get; }
    }
}
