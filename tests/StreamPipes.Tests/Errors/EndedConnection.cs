using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace StreamPipes.Tests.Errors;

/// <summary>A connection that has ended with an error.</summary>
internal sealed class EndedConnection : IAsyncDisposable
{
    private Func<Task>? _end;

    private EndedConnection(PipeConnection connection) => Connection = connection;

    /// <summary>The ways in which a connection can end with an error while both of its ends are in use.</summary>
    public static IReadOnlyDictionary<string, Func<Task<EndedConnection>>> Endings { get; } = new Dictionary<string, Func<Task<EndedConnection>>>(StringComparer.Ordinal)
    {
        ["a read fault"] = ReadFaultAsync,
        ["a write fault"] = () => SendFaultAsync(StreamOperation.Write),
        ["a fault of the flush"] = () => SendFaultAsync(StreamOperation.Flush),
        ["a reset"] = ResetAsync,
        ["an abort with an exception that was caught"] = () => AbortAsync(Caught(), origin: nameof(ThrowDeepInside)),
        ["an abort with a new exception"] = () => AbortAsync(new InvalidDataException("enough"), origin: null),
        ["an abort without one"] = () => AbortAsync(reason: null, origin: null),
        ["IdleTimeout"] = () => TimeOutAsync(new PipeConnectionOptions { IdleTimeout = TimeSpan.FromMilliseconds(50) }),
        ["WriteTimeout"] = () => TimeOutAsync(new PipeConnectionOptions { WriteTimeout = TimeSpan.FromMilliseconds(50) }),
    };

    public PipeConnection Connection { get; }

    /// <summary>What it ends with. Not before <see cref="EndAsync"/>.</summary>
    public Exception Error => Connection.Completion.Exception!.InnerException!;

    /// <summary>A method that stands in the stack trace of the error itself; null where it is made by the library, or has none.</summary>
    public string? Origin { get; private init; }

    /// <summary>Makes it end, and waits for that.</summary>
    public async Task EndAsync()
    {
        await _end!();
        await Task.WhenAny(Connection.Completion).Guarded();
    }

    public ValueTask DisposeAsync() => Connection.DisposeAsync();

    private static Task<EndedConnection> ReadFaultAsync()
    {
        Gate gate = new();
        ScriptedStream stream = new ScriptedStream().Wait(gate).ReadError(new IOException("the stream broke")).Hold(StreamOperation.Write);
        return Made(new EndedConnection(StreamConnection.Create(stream, new PipeConnectionOptions { FlushThrough = true }))
        {
            Origin = nameof(ReadScript),
            _end = () => Now(gate.Release),
        });
    }

    /// <summary>The read that ends after it lets the connection end, with the first error.</summary>
    private static Task<EndedConnection> SendFaultAsync(StreamOperation operation)
    {
        Gate gate = new();
        ScriptedStream stream = new ScriptedStream().Wait(gate).ReadError(new InvalidDataException("later")).Hold(operation).Fail(operation, new IOException("the peer does not listen"));
        PipeConnection connection = StreamConnection.Create(stream, new PipeConnectionOptions { FlushThrough = true });
        return Made(new EndedConnection(connection)
        {
            Origin = nameof(OperationControl),
            _end = async () =>
            {
                Task<Exception?> writing = Thrown.ByAsync(() => connection.Output.WriteAsync(new byte[1]).Guarded());
                stream.Release(operation);
                await writing;
                gate.Release();
            },
        });
    }

    /// <summary>The netstandard2.0 build reads a stream, whose error has been thrown nowhere before.</summary>
    private static async Task<EndedConnection> ResetAsync()
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        return new EndedConnection(SocketConnection.Create(client)) { Origin = LibraryBuild.IsNetStandard ? null : "Socket", _end = () => Now(() => server.Close(timeout: 0)) };
    }

    private static Task<EndedConnection> AbortAsync(Exception? reason, string? origin)
    {
        PipeConnection connection = StreamConnection.Create(new ScriptedStream().Hold(StreamOperation.Write), new PipeConnectionOptions { FlushThrough = true });
        return Made(new EndedConnection(connection) { Origin = origin, _end = () => Now(() => connection.Abort(reason)) });
    }

    /// <summary>The write is stuck, and nothing comes.</summary>
    private static Task<EndedConnection> TimeOutAsync(PipeConnectionOptions options)
    {
        PipeConnection connection = StreamConnection.Create(new ScriptedStream().Hold(StreamOperation.Write), options);
        return Made(new EndedConnection(connection) { _end = () => Thrown.ByAsync(() => connection.Output.WriteAsync(new byte[1]).Guarded()) });
    }

    private static Task<EndedConnection> Made(EndedConnection connection) => Task.FromResult(connection);

    private static Task Now(Action act)
    {
        act();
        return Task.CompletedTask;
    }

    private static InvalidDataException Caught()
    {
        try
        {
            ThrowDeepInside();
        }
        catch (InvalidDataException e)
        {
            return e;
        }

        throw new InvalidOperationException("It has to throw.");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThrowDeepInside() => throw new InvalidDataException("that is no frame");
}
