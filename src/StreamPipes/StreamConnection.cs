using System.IO.Pipelines;
using StreamPipes.Common;
using StreamPipes.Transports;

namespace StreamPipes;

/// <summary>
/// Turns any <see cref="Stream"/> into pipes: a duplex stream into a <see cref="PipeConnection"/>, a pair of one-way streams into one, a
/// readable stream into a <see cref="PipeReader"/>, a writable stream into a <see cref="PipeWriter"/>.
/// </summary>
/// <remarks>
/// <para><b>Ownership.</b> The result owns the stream and disposes it when its directions have ended, unless
/// <see cref="PipeConnectionOptions.LeaveOpen"/> is set. No other code may read, write or flush the stream meanwhile.</para>
/// <para><b>Concurrency.</b> The methods of this class may be called from any thread. Of each pipe, one reader and one writer may be at
/// work at a time, beside each other.</para>
/// <para><b>Errors.</b> Exceptions of the stream surface as they are, the same object at every end.</para>
/// <para><b>Cancellation.</b> A token given to a read or a flush cancels that wait only. It never reaches a write of the stream.</para>
/// <para><b>Alternatives.</b> For a one-way stream read or written by one loop, without concurrent callers, <c>PipeReader.Create</c> and
/// <c>PipeWriter.Create</c> of the framework are enough. For the two halves of a pipe that is in memory already, use it as it is.</para>
/// </remarks>
public static class StreamConnection
{
    /// <summary>Puts a duplex stream (a socket's, a TLS session's, a named pipe's) under a pair of pipes.</summary>
    /// <param name="stream">
    /// A stream that can be read and written at the same time. An <see cref="System.Net.Security.SslStream"/> must be authenticated.
    /// </param>
    /// <param name="options">How to read, write, schedule and close; <see langword="null"/> for the defaults.</param>
    /// <returns>The connection. Its pumps start on their own; dispose it when done.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">
    /// The stream is not duplex: it is one-way, seekable (a file or memory stream has one position for both directions) or a
    /// <see cref="BufferedStream"/> (which has one buffer for both). The message says which method to call instead.
    /// </exception>
    public static PipeConnection Create(Stream stream, PipeConnectionOptions? options = null)
    {
        StreamRequirements.Duplex(stream, nameof(stream));
        options = PipeConnectionOptions.InUse(options);
        return PipeConnection.Over(StreamTransport.Duplex(stream, options), options);
    }

    /// <summary>Joins two one-way streams into one connection: standard input and output of a process, the two halves of a compressed stream.</summary>
    /// <param name="input">
    /// The stream that <see cref="PipeConnection.Input"/> reads. It is disposed at its end, or when the connection closes: a program that is behind both streams may
    /// give up when its output is not taken any more, so a completed input is read on and discarded, within <see cref="PipeConnectionOptions.CloseTimeout"/> once
    /// everything is sent.
    /// </param>
    /// <param name="output">
    /// The stream that <see cref="PipeConnection.Output"/> writes. It is disposed as soon as <see cref="PipeConnection.Output"/> is completed
    /// and everything is written: for a child process that is the end of its input, for a compressed stream the trailer.
    /// </param>
    /// <param name="options">How to read, write, schedule and close; <see langword="null"/> for the defaults.</param>
    /// <returns>The connection. Its pumps start on their own; dispose it when done.</returns>
    /// <exception cref="ArgumentNullException">A stream is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">
    /// <paramref name="input"/> cannot be read, or <paramref name="output"/> cannot be written, or both are one stream that is not duplex.
    /// </exception>
    public static PipeConnection Create(Stream input, Stream output, PipeConnectionOptions? options = null)
    {
        StreamRequirements.Readable(input, nameof(input));
        StreamRequirements.Writable(output, nameof(output));
        if (ReferenceEquals(input, output)) return Create(input, options);
        options = PipeConnectionOptions.InUse(options);
        return PipeConnection.Over(StreamTransport.Pair(input, output, options), options);
    }

    /// <summary>
    /// Reads a stream ahead into a pipe. The end of the stream is sticky: once seen, the stream is not read again. A fault of the stream is
    /// thrown after every byte before it has been delivered.
    /// </summary>
    /// <param name="stream">A readable stream. It is disposed when it has ended or the reader is completed, unless it is to be left open.</param>
    /// <param name="options">How to read, schedule and close; <see langword="null"/> for the defaults.</param>
    /// <returns>The reader. Complete it when done: <see cref="PipeReader.CompleteAsync"/> returns when the stream has been let go.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="stream"/> cannot be read.</exception>
    /// <exception cref="InvalidOperationException">
    /// <paramref name="stream"/> is duplex, and has a reader or a writer of this class already: for both directions of one stream use
    /// <see cref="Create(Stream, PipeConnectionOptions?)"/>.
    /// </exception>
    public static PipeReader CreateReader(Stream stream, PipeConnectionOptions? options = null)
    {
        StreamRequirements.Readable(stream, nameof(stream));
        options = PipeConnectionOptions.InUse(options);
        StreamClaims.Claim(stream);
        return PipeConnection.Over(StreamTransport.ReadOnly(stream, options), options).Input;
    }

    /// <summary>Writes a stream from a pipe: callers fill and flush the pipe, a pump joins what is ready into large writes.</summary>
    /// <param name="stream">A writable stream. It is disposed when the writer has been completed and drained, unless it is to be left open.</param>
    /// <param name="options">How to write, schedule and close; <see langword="null"/> for the defaults.</param>
    /// <returns>
    /// The writer. <see cref="PipeWriter.CompleteAsync"/> returns when every byte is written, the stream is flushed, and closed; it throws
    /// the stream's own exception when that failed. <see cref="PipeWriter.Complete"/> starts the same and does not wait.
    /// </returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException"><paramref name="stream"/> cannot be written.</exception>
    /// <exception cref="InvalidOperationException">
    /// <paramref name="stream"/> is duplex, and has a reader or a writer of this class already: for both directions of one stream use
    /// <see cref="Create(Stream, PipeConnectionOptions?)"/>.
    /// </exception>
    public static PipeWriter CreateWriter(Stream stream, PipeConnectionOptions? options = null)
    {
        StreamRequirements.Writable(stream, nameof(stream));
        options = PipeConnectionOptions.InUse(options);
        StreamClaims.Claim(stream);
        return PipeConnection.Over(StreamTransport.WriteOnly(stream, options), options).Output;
    }

    /// <summary>Listens for clients that are streams: of named pipes with rules of your own, of QUIC, of a test. They are accepted when a method of the listener asks for them.</summary>
    /// <remarks>
    /// <para><b>Ownership.</b> A stream that the function has returned is the listener's, and of the connection that is made of it.</para>
    /// <para><b>Concurrency.</b> The function is called again when its last call has ended, and not before a caller waits for a client.</para>
    /// <para><b>Errors.</b> What it throws is treated as an accept that fails: reported to <see cref="PipeListenerOptions.OnConnectionFault"/>, once in a series, and tried again from 10 up to
    /// 320 ms later. A stream that is not duplex is disposed and reported the same way.</para>
    /// <para><b>Cancellation.</b> Its token fires when the listener stops. A function that does not heed it does not hold up the stop; the stream that it returns afterwards is disposed.</para>
    /// </remarks>
    /// <param name="accept">Waits for the next client and returns its stream, which can be read and written at the same time.</param>
    /// <param name="options">
    /// TLS, limits, and the options of the connections; <see langword="null"/> for the defaults: no TLS. What is about sockets has no effect (<see cref="PipeListenerOptions.Backlog"/>, the two
    /// <c>ConfigureSocket</c>).
    /// </param>
    /// <returns>The listener; dispose it when done.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="accept"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentException">
    /// The options ask for a PROXY header, which is read from sockets, or say to leave the streams open, which would leave them open with no owner.
    /// </exception>
    public static PipeListener Listen(Func<CancellationToken, ValueTask<Stream>> accept, PipeListenerOptions? options = null) =>
        PipeListener.Listen(accept ?? throw new ArgumentNullException(nameof(accept)), options);

    /// <summary>Listens for clients of a named pipe, from this call on. On .NET only those of the user who runs this process are let in.</summary>
    /// <remarks>For other rules of access, create the <see cref="System.IO.Pipes.NamedPipeServerStream"/> yourself, and pass it to <see cref="Listen"/>.</remarks>
    /// <param name="pipeName">The name alone, as in <c>my-service</c>.</param>
    /// <param name="options">As for <see cref="Listen"/>.</param>
    /// <returns>The listener; dispose it when done.</returns>
    /// <exception cref="ArgumentException"><paramref name="pipeName"/> is <see langword="null"/> or empty, or the options are refused as by <see cref="Listen"/>.</exception>
    /// <exception cref="IOException">The name is in use.</exception>
    public static PipeListener ListenNamedPipe(string pipeName, PipeListenerOptions? options = null)
    {
        if (string.IsNullOrEmpty(pipeName)) throw new ArgumentException("A named pipe has a name.", nameof(pipeName));
        return PipeListener.ListenNamedPipe(pipeName, options);
    }
}
