namespace StreamPipes.Tests.Carriers;

/// <summary>
/// One end of a connection in memory, and the base of those that behave worse: tokens are honoured, a dispose ends the pending read and shows the other side the
/// end, behind everything that was written.
/// </summary>
internal class WireStream(Wire input, Wire output) : TestStream
{
    private readonly CancellationTokenSource _ended = new();
    private int _isDisposed;

    protected Wire Input { get; } = input;

    protected Wire Output { get; } = output;

    protected bool IsDisposed => Volatile.Read(ref _isDisposed) != 0;

    public override bool CanRead => !IsDisposed;

    public override bool CanWrite => !IsDisposed;

    /// <summary>Two ends of one connection; the near one misbehaves as it is made to.</summary>
    public static (T Near, WireStream Far) CreatePair<T>(Func<Wire, Wire, T> near)
        where T : WireStream
    {
        Wire there = new();
        Wire back = new();
        return (near(back, there), new WireStream(there, back));
    }

    /// <summary>Ends when a read waits in the stream.</summary>
    public Task WaitForPendingReadAsync() => Input.WaitForPendingReadAsync();

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ended.Token);
        try
        {
            return await Input.ReadAsync(buffer, either.Token);
        }
        catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(e.Message, e, cancellationToken);
        }
        catch (OperationCanceledException e)
        {
            throw new ObjectDisposedException("The stream was disposed during a read.", e);
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        await Output.WriteAsync(buffer, cancellationToken);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public sealed override ValueTask DisposeAsync() => Interlocked.Exchange(ref _isDisposed, 1) == 0 ? CloseAsync() : default;

    /// <summary>What the first dispose does.</summary>
    protected virtual ValueTask CloseAsync()
    {
        End();
        return default;
    }

    /// <summary>Ends whatever is pending, and shows the other side the end.</summary>
    protected void End()
    {
        _ended.Cancel();
        Input.Abandon();
        Output.End();
    }
}
