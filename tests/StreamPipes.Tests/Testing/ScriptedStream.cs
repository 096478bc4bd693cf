namespace StreamPipes.Tests.Testing;

/// <summary>
/// A duplex stream that behaves as told. Reads follow a script, which may grow while the stream is in use:
/// <c>new ScriptedStream().Read("PING").Wait(gate).ReadError(exception)</c> (or <c>.Eof()</c>); past the end of the script a read is pending
/// until more is scripted, its token fires or the stream is disposed. Error and end are sticky. Any operation can be held
/// (<see cref="Hold"/>, <see cref="Release"/>), made to fail (<see cref="Fail"/>, also from the nth call on), counted and awaited
/// (<see cref="GetCalledTask"/>). Writes are recorded when they have got through.
/// </summary>
internal sealed class ScriptedStream : TestStream
{
    private readonly ReadScript _script = new();
    private readonly WriteLog _log = new();
    private readonly OperationControl[] _operations = [.. Enum.GetValues<StreamOperation>().Select(_ => new OperationControl())];
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The stream never looks at a token: only more script, an opened gate or dispose ends what is pending.</summary>
    public bool IgnoresTokens { get; init; }

    /// <summary>Not even dispose ends what is pending.</summary>
    public bool StaysStuckAfterDispose { get; init; }

    public byte[] Written => _log.Bytes;

    /// <summary>The size of every write that got through, in order.</summary>
    public IReadOnlyList<int> WriteSizes => _log.Sizes;

    /// <summary>How many of the written bytes a completed flush has covered.</summary>
    public long FlushedBytes => _log.Flushed;

    public bool IsDisposed => _disposed.Task.IsCompleted;

    /// <summary>Ends when the stream is disposed (also when that threw).</summary>
    public Task Disposed => _disposed.Task;

    public ScriptedStream Read(params byte[] bytes) => Then(() => _script.Add(bytes));

    public ScriptedStream Read(string text) => Read(System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Reads get no further until the gate is released.</summary>
    public ScriptedStream Wait(Gate gate) => Then(() => _script.Add(gate));

    public ScriptedStream ReadError(Exception exception) => Then(() => _script.Add(exception));

    public ScriptedStream Eof() => Then(_script.AddEnd);

    /// <summary>Every call of the operation waits, from now on, until <see cref="Release"/>.</summary>
    public ScriptedStream Hold(StreamOperation operation) => Then(() => Of(operation).Hold());

    public ScriptedStream Release(StreamOperation operation) => Then(() => Of(operation).Release());

    /// <summary>The operation throws this object, from its nth call on. A held call throws when released.</summary>
    public ScriptedStream Fail(StreamOperation operation, Exception exception, int fromCall = 1) => Then(() => Of(operation).FailFrom(fromCall, exception));

    /// <summary>Ends when the operation has been called that many times; held calls count.</summary>
    public Task GetCalledTask(StreamOperation operation, int times = 1) => Of(operation).GetCalledTask(times);

    public int Calls(StreamOperation operation) => Of(operation).Calls;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        CancellationToken token = Seen(cancellationToken);
        token.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        await Of(buffer.IsEmpty ? StreamOperation.ZeroByteRead : StreamOperation.Read).EnterAsync(Ended(), token);
        return await _script.ReadAsync(buffer, Ended(), token);
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        CancellationToken token = Seen(cancellationToken);
        token.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        await Of(StreamOperation.Write).EnterAsync(Ended(), token);
        _log.Add(buffer.Span);
    }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        await Of(StreamOperation.Flush).EnterAsync(Ended(), Seen(cancellationToken));
        _log.Flush();
    }

    public override async ValueTask DisposeAsync()
    {
        _disposed.TrySetResult();
        await Of(StreamOperation.Dispose).EnterAsync(NeverAsync(), CancellationToken.None);
        GC.SuppressFinalize(this);
    }

    private OperationControl Of(StreamOperation operation) => _operations[(int)operation];

    private CancellationToken Seen(CancellationToken cancellationToken) => IgnoresTokens ? CancellationToken.None : cancellationToken;

    private Task Ended() => StaysStuckAfterDispose ? NeverAsync() : _disposed.Task;

    private static Task NeverAsync() => new TaskCompletionSource().Task;

    private ScriptedStream Then(Action step)
    {
        step();
        return this;
    }
}
