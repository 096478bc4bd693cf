using System.Text;

namespace StreamPipes.Tests.Faults;

/// <summary>A duplex stream in which one call may go wrong; every other call behaves.</summary>
internal sealed class FaultStream(FaultPoint? point) : TestStream
{
    private readonly ReadScript _script = new();
    private readonly WriteLog _log = new();
    private readonly Gate _writes = Gate.Open();
    private readonly TaskCompletionSource _flushed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _received;

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
        IsMetBy(buffer.IsEmpty ? FaultOperation.ZeroByteRead : FaultOperation.Read)
            ? new ValueTask<int>(point!.MeetAsync(buffer.Length, _disposed.Task, cancellationToken))
            : ReadNormallyAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        IsMetBy(FaultOperation.Write)
            ? new ValueTask(point!.MeetAsync(0, _disposed.Task, cancellationToken))
            : WriteNormallyAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) =>
        IsMetBy(FaultOperation.Flush)
            ? point!.MeetAsync(0, _disposed.Task, cancellationToken)
            : FlushNormallyAsync();

    public override int Read(byte[] buffer, int offset, int count) => IsMetBy(FaultOperation.Read)
        ? point!.Meet(count, _disposed.Task)
        : Blocking.Wait(ReadNormallyAsync(buffer.AsMemory(offset, count), CancellationToken.None).AsTask());

    public override void Write(byte[] buffer, int offset, int count)
    {
        if (IsMetBy(FaultOperation.Write)) point!.Meet(0, _disposed.Task);
        else Blocking.Wait(WriteNormallyAsync(buffer.AsMemory(offset, count), CancellationToken.None).AsTask());
    }

    public override void Flush()
    {
        if (IsMetBy(FaultOperation.Flush)) point!.Meet(0, _disposed.Task);
        else Blocking.Wait(FlushNormallyAsync());
    }

    public override ValueTask DisposeAsync()
    {
        if (!_disposed.TrySetResult()) return default;
        GC.SuppressFinalize(this);
        return IsMetBy(FaultOperation.Dispose) ? new ValueTask(point!.MeetAsync(0, _disposed.Task, default)) : default;
    }

    private bool IsMetBy(FaultOperation called) => point?.IsMetBy(called, HadTraffic(called)) == true;

    /// <summary>Whether what goes both ways before the fault has gone, as far as the call is concerned.</summary>
    private bool HadTraffic(FaultOperation called) => called switch
    {
        FaultOperation.Read or FaultOperation.ZeroByteRead => Volatile.Read(ref _received) == FaultTexts.Taken.Length + FaultTexts.Unread.Length,
        FaultOperation.Write => Written.Length == FaultTexts.Sent.Length,
        FaultOperation.Flush => Flushed.IsCompleted,
        _ => true,
    };

    private async ValueTask<int> ReadNormallyAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        int read = await _script.ReadAsync(buffer, _disposed.Task, cancellationToken);
        Interlocked.Add(ref _received, read);
        return read;
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
