using System.Text;

namespace StreamPipes.Tests.Faults;

/// <summary>A duplex stream in which one call may go wrong; every other call behaves.</summary>
internal sealed class FaultStream(FaultPoint? point) : DuplexStreamDouble
{
    private readonly ReadScript _script = new();
    private readonly WriteLog _log = new();
    private readonly Gate _writes = Gate.Open();
    private readonly TaskCompletionSource _flushed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsDisposed => _disposed.Task.IsCompleted;

    public Task Disposed => _disposed.Task;

    /// <summary>Ends with the first flush.</summary>
    public Task Flushed => _flushed.Task;

    public string Written => Encoding.ASCII.GetString(_log.Bytes);

    public void Receive(string text) => _script.Add(Encoding.ASCII.GetBytes(text));

    public void ReceiveEnd() => _script.AddEnd();

    /// <summary>Every write waits, until <see cref="ReleaseWrites"/> or the dispose.</summary>
    public void HoldWrites() => _writes.Hold();

    public void ReleaseWrites() => _writes.Release();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        point?.IsMetBy(buffer.IsEmpty ? FaultOperation.ZeroByteRead : FaultOperation.Read) == true
            ? new ValueTask<int>(point.MeetAsync(buffer.Length, _disposed.Task, cancellationToken))
            : ReadNormallyAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        point?.IsMetBy(FaultOperation.Write) == true
            ? new ValueTask(point.MeetAsync(0, _disposed.Task, cancellationToken))
            : WriteNormallyAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) =>
        point?.IsMetBy(FaultOperation.Flush) == true
            ? point.MeetAsync(0, _disposed.Task, cancellationToken)
            : FlushNormallyAsync();

    public override int Read(byte[] buffer, int offset, int count) => point?.IsMetBy(FaultOperation.Read) == true
        ? point.Meet(count, _disposed.Task)
        : Blocking.Wait(ReadNormallyAsync(buffer.AsMemory(offset, count), CancellationToken.None).AsTask());

    public override void Write(byte[] buffer, int offset, int count)
    {
        if (point?.IsMetBy(FaultOperation.Write) == true) point.Meet(0, _disposed.Task);
        else Blocking.Wait(WriteNormallyAsync(buffer.AsMemory(offset, count), CancellationToken.None).AsTask());
    }

    public override void Flush()
    {
        if (point?.IsMetBy(FaultOperation.Flush) == true) point.Meet(0, _disposed.Task);
        else Blocking.Wait(FlushNormallyAsync());
    }

    public override ValueTask DisposeAsync()
    {
        if (!_disposed.TrySetResult()) return default;
        GC.SuppressFinalize(this);
        return point?.IsMetBy(FaultOperation.Dispose) == true ? new ValueTask(point.MeetAsync(0, _disposed.Task, default)) : default;
    }

    private async ValueTask<int> ReadNormallyAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return await _script.ReadAsync(buffer, _disposed.Task, cancellationToken);
    }

    private Task FlushNormallyAsync()
    {
        if (IsDisposed) return Task.FromException(new ObjectDisposedException(nameof(FaultStream)));
        _flushed.TrySetResult();
        return Task.CompletedTask;
    }

    private async ValueTask WriteNormallyAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        await Interruptible.WaitAsync(_writes.WaitAsync(cancellationToken), _disposed.Task);
        _log.Add(buffer.Span);
    }
}
