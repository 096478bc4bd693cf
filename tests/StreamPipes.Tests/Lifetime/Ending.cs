using System.IO.Pipelines;

namespace StreamPipes.Tests.Lifetime;

/// <summary>The ways in which a connection ends: the rows of the lifetime table, each as a short life over a scripted stream.</summary>
internal sealed class Ending(string name, Func<PipeConnectionOptions, CancellationToken, Task> live)
{
    public static readonly Ending[] All =
    [
        new("local close", async (options, token) =>
        {
            PipeConnection connection = await TalkAsync(new ScriptedStream().Read("hello"), options, token);
            await connection.Input.CompleteAsync();
            await connection.Output.CompleteAsync().Guarded();
            await connection.Completion.Guarded();
        }),
        new("remote close", async (options, token) =>
        {
            PipeConnection connection = await TalkAsync(new ScriptedStream().Read("hello").Eof(), options, token);
            await connection.Input.ShouldEndAsync();
            await connection.Output.CompleteAsync().Guarded();
            await connection.Completion.Guarded();
            connection.Input.Complete();
        }),
        new("dispose with a read pending", async (options, token) =>
        {
            PipeConnection connection = await TalkAsync(new ScriptedStream().Read("hello"), options, token);
            Task<ReadResult> read = connection.Input.ReadAsync(token).AsTask();
            await connection.DisposeAsync().Guarded();
            await Thrown.ByAsync(() => read.Guarded());
        }),
        new("dispose with input unread and output unflushed", async (options, _) =>
        {
            PipeConnection connection = StreamConnection.Create(new ScriptedStream().Read("hello").Eof(), options);
            connection.Output.Put("bytes"u8);
            await connection.DisposeAsync().Guarded();
        }),
        new("read fault", async (options, token) =>
        {
            Gate gate = new();
            PipeConnection connection = await TalkAsync(new ScriptedStream().Read("hello").Wait(gate).ReadError(new IOException("read")), options, token);
            gate.Release();
            await EndedAsync(connection, token);
        }),
        new("read fault that nobody looks at", async (options, _) =>
        {
            ScriptedStream stream = new ScriptedStream().ReadError(new IOException("read"));
            PipeConnection connection = StreamConnection.Create(stream, options);
            await stream.Disposed.Guarded();
            DropFlushes(connection);
            await connection.DisposeAsync().Guarded();
        }),
        new("write fault", async (options, token) =>
        {
            PipeConnection connection = await TalkAsync(new ScriptedStream().Read("hello").Eof().Fail(StreamOperation.Write, new IOException("write"), fromCall: 2), options, token);
            connection.Output.Put("bytes"u8);
            await Thrown.ByAsync(() => connection.Output.CompleteAsync().Guarded());
            await EndedAsync(connection, token);
        }),
        new("write fault that nobody looks at", async (options, _) =>
        {
            ScriptedStream stream = new ScriptedStream().Eof().Fail(StreamOperation.Write, new IOException("write"));
            PipeConnection connection = StreamConnection.Create(stream, options);
            DropFlushes(connection);
            await stream.Disposed.Guarded();
            DropFlushes(connection);
            await connection.DisposeAsync().Guarded();
        }),
        new("abort", async (options, token) =>
        {
            ScriptedStream stream = new ScriptedStream { IgnoresTokens = true }.Read("hello").Hold(StreamOperation.Write);
            PipeConnection connection = StreamConnection.Create(stream, options);
            connection.Output.Put("bytes"u8);
            Task<FlushResult> flush = connection.Output.FlushAsync(token).AsTask();
            await stream.GetCalledTask(StreamOperation.Write).Guarded();
            connection.Abort();
            await Thrown.ByAsync(() => flush.Guarded());
            await EndedAsync(connection, token);
        }),
        new("abort with a read and a flush that nobody awaits", async (options, token) =>
        {
            ScriptedStream stream = new ScriptedStream { IgnoresTokens = true }.Hold(StreamOperation.Write);
            PipeConnection connection = StreamConnection.Create(stream, options);
            Drop(connection.Input.ReadAsync(token));
            Drop(connection.Output.WriteAsync(Payload.Seeded(200_000), token));
            await stream.GetCalledTask(StreamOperation.Write).Guarded();
            connection.Abort();
            await stream.Disposed.Guarded();
            DropFlushes(connection);
            await connection.DisposeAsync().Guarded();
        }),
        new("output completed with an exception", async (options, token) =>
        {
            PipeConnection connection = await TalkAsync(new ScriptedStream().Read("hello"), options, token);
            connection.Output.Complete(new InvalidDataException("the source broke"));
            await EndedAsync(connection, token);
        }),
        new("dispose that throws", async (options, token) =>
        {
            PipeConnection connection = await TalkAsync(new ScriptedStream().Read("hello").Fail(StreamOperation.Dispose, new IOException("dispose")), options, token);
            await connection.DisposeAsync().Guarded();
        }),
        new("cancelled waits", async (options, token) =>
        {
            PipeConnection connection = await TalkAsync(new ScriptedStream().Read("hello"), options, token);
            using CancellationTokenSource source = CancellationTokenSource.CreateLinkedTokenSource(token);
            Task<ReadResult> read = connection.Input.ReadAsync(source.Token).AsTask();
            await source.CancelAsync();
            await Thrown.ByAsync(() => read.Guarded());
            await connection.DisposeAsync().Guarded();
        }),
        new("one-way faults", async (options, token) =>
        {
            PipeReader reader = StreamConnection.CreateReader(new ScriptedStream().Read("hello").ReadError(new IOException("read")), options);
            await reader.ReadTextAsync(5);
            await Thrown.ByAsync(() => reader.ReadAsync(token).Guarded());
            await reader.CompleteAsync();
            ScriptedStream broken = new ScriptedStream().Fail(StreamOperation.Write, new IOException("write"));
            PipeWriter writer = StreamConnection.CreateWriter(broken, options);
            writer.Put("bytes"u8);
            writer.Complete();
            await broken.Disposed.Guarded();
        }),
    ];

    public static TheoryData<string> Names => [.. All.Select(ending => ending.Name)];

    public string Name { get; } = name;

    public static Ending Named(string name) => All.Single(ending => string.Equals(ending.Name, name, StringComparison.Ordinal));

    public Task LiveAsync(PipeConnectionOptions options, CancellationToken longLived) => live(options, longLived);

    private static async Task<PipeConnection> TalkAsync(ScriptedStream stream, PipeConnectionOptions options, CancellationToken token)
    {
        PipeConnection connection = StreamConnection.Create(stream, options);
        ReadResult result = await connection.Input.ReadAsync(token).Guarded();
        connection.Input.AdvanceTo(result.Buffer.End);
        await connection.Output.WriteAsync("hello"u8.ToArray(), token).Guarded();
        await stream.GetCalledTask(StreamOperation.Flush).Guarded();
        return connection;
    }

    private static async Task EndedAsync(PipeConnection connection, CancellationToken token)
    {
        await Thrown.ByAsync(async () =>
        {
            while (true)
            {
                ReadResult result = await connection.Input.ReadAsync(token).Guarded();
                connection.Input.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted) return;
            }
        });
        await connection.DisposeAsync().Guarded();
    }

    /// <summary>Flushes that nobody awaits, as fire-and-forget callers do; the second may be refused since the first is pending.</summary>
    private static void DropFlushes(PipeConnection connection)
    {
        for (int i = 0; i < 3; i++) Drop(connection.Output.WriteAsync("dropped"u8.ToArray()));
    }

    private static void Drop<T>(ValueTask<T> task) => _ = task.IsCompleted;
}
