namespace StreamPipes.Tests.Carriers;

/// <summary>
/// One end of a connection in memory, and the base of those that behave worse: tokens are honoured, a dispose ends the pending read and shows the other side the
/// end, behind everything that was written.
/// </summary>
internal class WireStream(Wire input, Wire output) : DuplexStreamDouble
{
    private readonly CancellationTokenSource _disposed = new();

    protected Wire Input { get; } = input;

    protected Wire Output { get; } = output;

    protected bool IsDisposed => _disposed.IsCancellationRequested;

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
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposed.Token);
        try
        {
            return await Input.ReadAsync(buffer, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ObjectDisposedException(nameof(WireStream));
        }
        catch (OperationCanceledException)
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        await Output.WriteAsync(buffer, cancellationToken);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override ValueTask DisposeAsync()
    {
        if (!IsDisposed) End();
        return default;
    }

    /// <summary>Ends whatever is pending, and shows the other side the end.</summary>
    protected void End()
    {
        _disposed.Cancel();
        Input.Abandon();
        Output.End();
    }
}
