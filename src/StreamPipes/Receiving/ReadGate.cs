using System.Diagnostics;
using StreamPipes.Common;

namespace StreamPipes.Receiving;

/// <summary>
/// Decides whether the receive pump may read the stream, and stops the read it is in: for a moment (a half-close that must not run beside
/// a read) or for good.
/// </summary>
internal sealed class ReadGate : IDisposable
{
    private readonly object _sync = new();
    private CancellationTokenSource _cancellation = new();
    private TaskCompletionSource<bool>? _turn;
    private TaskCompletionSource<bool>? _quiet;
    private bool _reading;
    private bool _held;
    private volatile bool _stopped;
    private bool _canceled;
    private bool _handsOver;
    private bool _disposed;

    /// <summary>Any thread.</summary>
    public bool IsStopped => _stopped;

    /// <summary>Called by the pump before each read. After false it awaits its turn.</summary>
    public bool TryEnter(out CancellationToken cancellationToken)
    {
        lock (_sync)
        {
            Debug.Assert(!_reading, "One read at a time.");
            cancellationToken = _cancellation.Token;
            return _reading = !_held && !_stopped;
        }
    }

    /// <returns>Whether what was read is not the pump's own any more: see <see cref="HandOver"/>.</returns>
    public bool Exit()
    {
        lock (_sync)
        {
            Debug.Assert(_reading, "Only a read that was let in leaves.");
            _reading = false;
            _quiet?.TrySetResult(true);
            return _handsOver;
        }
    }

    /// <summary>Ends with true when the pump may try again, with false when it is to end.</summary>
    public Task<bool> WaitForTurnAsync()
    {
        lock (_sync)
        {
            if (_stopped) return Task.FromResult(false);
            if (!_held) return Task.FromResult(true);
            _turn ??= NewSignal();
            return _turn.Task;
        }
    }

    /// <summary>Keeps the pump from reading until <see cref="Release"/>. Ends when no read is in the stream any more.</summary>
    /// <param name="cancels">Whether the pending read is cancelled; otherwise it comes back when the stream ends it.</param>
    public Task HoldAsync(bool cancels)
    {
        CancellationTokenSource cancellation;
        Task quiet;
        lock (_sync)
        {
            _held = true;
            if (!_reading) return Task.CompletedTask;
            _quiet = NewSignal();
            quiet = _quiet.Task;
            cancellation = _cancellation;
        }

        if (cancels) Cancellation.Fire(cancellation);
        return quiet;
    }

    public void Release()
    {
        TaskCompletionSource<bool>? turn;
        lock (_sync)
        {
            _held = false;
            _quiet = null;
            (turn, _turn) = (_turn, null);
            if (!_stopped && _cancellation.IsCancellationRequested)
            {
                _cancellation.Dispose();
                _cancellation = new CancellationTokenSource();
            }
        }

        turn?.TrySetResult(true);
    }

    /// <summary>Any thread: ends the read that is in the stream now, if there is one. The pump may begin another.</summary>
    public void Interrupt()
    {
        CancellationTokenSource interrupted;
        lock (_sync)
        {
            if (!_reading || _held || _stopped || _disposed) return;
            interrupted = _cancellation;
            _cancellation = new CancellationTokenSource();
        }

        Cancellation.Fire(interrupted);
    }

    /// <summary>Any thread: keeps the pump from reading for good.</summary>
    /// <param name="cancels">Whether the pending read is cancelled, now or when this is called again; otherwise it comes back when the stream ends it.</param>
    public void Stop(bool cancels)
    {
        TaskCompletionSource<bool>? turn;
        lock (_sync)
        {
            if (_disposed || (_stopped && (_canceled || !cancels))) return;
            _stopped = true;
            _canceled = cancels;
            (turn, _turn) = (_turn, null);
        }

        turn?.TrySetResult(false);
        if (cancels) Cancellation.Fire(_cancellation);
    }

    /// <summary>Any thread: keeps the pump from reading for good. What the read that is in the stream brings belongs to another reader from now on.</summary>
    /// <returns>Whether there is such a read, which <see cref="Exit"/> tells the pump too.</returns>
    public bool HandOver()
    {
        TaskCompletionSource<bool>? turn;
        bool handsOver;
        lock (_sync)
        {
            _handsOver = handsOver = _reading && !_canceled;
            _stopped = true;
            (turn, _turn) = (_turn, null);
        }

        turn?.TrySetResult(false);
        return handsOver;
    }

    /// <summary>Once the pump has ended.</summary>
    public void Dispose()
    {
        lock (_sync) _disposed = true;
        _cancellation.Dispose();
    }

    private static TaskCompletionSource<bool> NewSignal() => Background.NewSource<bool>();
}
