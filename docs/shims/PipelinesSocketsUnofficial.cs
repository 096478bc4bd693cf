// The names of Pipelines.Sockets.Unofficial 2.2 over StreamPipes. Copy this file into your project, take the old package out, and code that
// uses these names compiles as it stands. docs/migrate-from-pipelines-sockets-unofficial.md says what behaves differently from then on.
#nullable enable
using System;
using System.IO;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;
using StreamPipes;

namespace Pipelines.Sockets.Unofficial;

/// <summary>Hints of the old library. What is left of them: inlining and zero-length reads.</summary>
[Flags]
public enum SocketConnectionOptions
{
    None = 0,
    ZeroLengthReads = 1,
    InlineReads = 2,
    InlineWrites = 4,
    InlineConnect = 8,
}

/// <summary>A socket as a duplex pipe.</summary>
public sealed class SocketConnection : IDuplexPipe, IDisposable, IAsyncDisposable
{
    private SocketConnection(Socket socket, PipeConnection connection)
    {
        Socket = socket;
        Connection = connection;
    }

    /// <summary>What new code uses in the place of this object.</summary>
    public PipeConnection Connection { get; }

    public Socket Socket { get; }

    public PipeReader Input => Connection.Input;

    public PipeWriter Output => Connection.Output;

    public long BytesRead => Connection.BytesReceived;

    public long BytesSent => Connection.BytesSent;

    public static Task<SocketConnection> ConnectAsync(
        EndPoint endpoint,
        PipeOptions? pipeOptions = null,
        SocketConnectionOptions connectionOptions = SocketConnectionOptions.None,
        Func<SocketConnection, Task>? onConnected = null,
        Socket? socket = null,
        string? name = null) => ConnectAsync(endpoint, pipeOptions, pipeOptions, connectionOptions, onConnected, socket, name);

    public static async Task<SocketConnection> ConnectAsync(
        EndPoint endpoint,
        PipeOptions? sendPipeOptions,
        PipeOptions? receivePipeOptions,
        SocketConnectionOptions connectionOptions = SocketConnectionOptions.None,
        Func<SocketConnection, Task>? onConnected = null,
        Socket? socket = null,
        string? name = null)
    {
        socket ??= endpoint.AddressFamily == AddressFamily.Unix
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            SetRecommendedClientOptions(socket);
            await socket.ConnectAsync(endpoint).ConfigureAwait(false);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        SocketConnection connection = Create(socket, sendPipeOptions, receivePipeOptions, connectionOptions, name);
        if (onConnected is not null) await onConnected(connection).ConfigureAwait(false);
        return connection;
    }

    public static SocketConnection Create(
        Socket socket,
        PipeOptions? pipeOptions = null,
        SocketConnectionOptions socketConnectionOptions = SocketConnectionOptions.None,
        string? name = null) => Create(socket, pipeOptions, pipeOptions, socketConnectionOptions, name);

    public static SocketConnection Create(
        Socket socket,
        PipeOptions? sendPipeOptions,
        PipeOptions? receivePipeOptions,
        SocketConnectionOptions socketConnectionOptions = SocketConnectionOptions.None,
        string? name = null)
    {
        _ = name;
        bool inline = socketConnectionOptions.HasFlag(SocketConnectionOptions.InlineReads) || socketConnectionOptions.HasFlag(SocketConnectionOptions.InlineWrites);
        return new SocketConnection(socket, StreamPipes.SocketConnection.Create(socket, new PipeConnectionOptions
        {
            SendPipeOptions = sendPipeOptions,
            ReceivePipeOptions = receivePipeOptions,
            UseZeroByteReads = socketConnectionOptions.HasFlag(SocketConnectionOptions.ZeroLengthReads) ? true : null,
            Scheduling = inline ? PumpScheduling.Inline : PumpScheduling.Default,
        }));
    }

    public static void SetRecommendedClientOptions(Socket socket)
    {
        if (socket.ProtocolType == ProtocolType.Tcp) socket.NoDelay = true;
    }

    public static void SetRecommendedServerOptions(Socket socket) => SetRecommendedClientOptions(socket);

    /// <summary>Begins to close in order, and does not wait for it: what was written is still sent.</summary>
    public void Dispose()
    {
        Connection.Output.Complete();
        Connection.Input.Complete();
    }

    /// <summary>Closes in order, and waits for it.</summary>
    public ValueTask DisposeAsync() => Connection.DisposeAsync();

    public override string? ToString() => Connection.ToString();
}

/// <summary>Streams as pipes, which leave the stream to the caller, and pipes as streams.</summary>
public static class StreamConnection
{
    public static IDuplexPipe GetDuplex(Stream stream, PipeOptions? pipeOptions = null, string? name = null) =>
        GetDuplex(stream, pipeOptions, pipeOptions, name);

    public static IDuplexPipe GetDuplex(Stream stream, PipeOptions? sendPipeOptions, PipeOptions? receivePipeOptions, string? name = null)
    {
        _ = name;
        return StreamPipes.StreamConnection.Create(stream, Options(sendPipeOptions, receivePipeOptions));
    }

    public static PipeReader GetReader(Stream stream, PipeOptions? pipeOptions = null, string? name = null)
    {
        _ = name;
        return StreamPipes.StreamConnection.CreateReader(stream, Options(send: null, pipeOptions));
    }

    public static PipeWriter GetWriter(Stream stream, PipeOptions? pipeOptions = null, string? name = null)
    {
        _ = name;
        return StreamPipes.StreamConnection.CreateWriter(stream, Options(pipeOptions, receive: null));
    }

    public static Stream GetDuplex(IDuplexPipe pipe, string? name = null)
    {
        _ = name;
        return pipe.AsStream();
    }

    public static Stream GetDuplex(PipeReader reader, PipeWriter writer, string? name = null) => GetDuplex(new Halves(reader, writer), name);

    public static Stream GetReader(PipeReader reader, string? name = null)
    {
        _ = name;
        return reader.AsStream();
    }

    public static Stream GetWriter(PipeWriter writer, string? name = null)
    {
        _ = name;
        return writer.AsStream();
    }

    private static PipeConnectionOptions Options(PipeOptions? send, PipeOptions? receive) =>
        new() { SendPipeOptions = send, ReceivePipeOptions = receive, LeaveOpen = true };

    private sealed class Halves(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
