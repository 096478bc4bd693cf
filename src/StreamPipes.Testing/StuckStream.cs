using StreamPipes.Common;

namespace StreamPipes.Testing;

/// <summary>
/// A stream whose operations get stuck until they are released: the peer that reads nothing, the network that has gone. Then they continue on the inner stream.
/// </summary>
/// <remarks>
/// <para><b>Ownership.</b> It disposes the inner stream when it is disposed.</para>
/// <para><b>Concurrency.</b> Any thread may release it. What it holds is set before it is used.</para>
/// <para><b>Errors.</b> What is stuck when the stream is disposed throws <see cref="ObjectDisposedException"/>.</para>
/// <para><b>Cancellation.</b> A token ends what is stuck, unless <see cref="IgnoresTokens"/> is set.</para>
/// </remarks>
public sealed class StuckStream : WrappingStream
{
    private readonly TaskCompletionSource<bool> _held = Background.NewSource<bool>();
    private readonly TaskCompletionSource<bool> _released = Background.NewSource<bool>();
    private readonly TaskCompletionSource<bool> _disposed = Background.NewSource<bool>();

    /// <summary>Wraps a stream, whose reads and writes get stuck.</summary>
    /// <param name="inner">The stream that does the work once it is released.</param>
    /// <exception cref="ArgumentNullException"><paramref name="inner"/> is <see langword="null"/>.</exception>
    public StuckStream(Stream inner)
        : base(inner)
    {
    }

    /// <summary>Whether reads get stuck. Default <see langword="true"/>.</summary>
    public bool HoldsReads { get; set; } = true;

    /// <summary>Whether writes get stuck. Default <see langword="true"/>.</summary>
    public bool HoldsWrites { get; set; } = true;

    /// <summary>Whether flushes get stuck. Default <see langword="false"/>.</summary>
    public bool HoldsFlushes { get; set; }

    /// <summary>Whether a token ends nothing that is stuck. Default <see langword="false"/>.</summary>
    public bool IgnoresTokens { get; set; }

    /// <summary>Whether not even the dispose ends what is stuck. Default <see langword="false"/>.</summary>
    public bool IgnoresDispose { get; set; }

    /// <summary>Ends when an operation is stuck for the first time.</summary>
    public Task Held => _held.Task;

    /// <summary>Lets everything that is stuck continue, and everything that comes later. Later calls do nothing.</summary>
    public void Release() => Background.TrySetResult(_released);

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (HoldsReads) await WaitAsync(cancellationToken).ConfigureAwait(false);
        return await base.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (HoldsWrites) await WaitAsync(cancellationToken).ConfigureAwait(false);
        await base.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (HoldsFlushes) await WaitAsync(cancellationToken).ConfigureAwait(false);
        await base.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        if (!IgnoresDispose) Background.TrySetResult(_disposed);
        return base.DisposeAsync();
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        if (_released.Task.IsCompleted) return;
        Background.TrySetResult(_held);
        Task<Task> either = Task.WhenAny((Task)_released.Task, _disposed.Task);
        Task ended = await Cancellation.OrAsync(either, IgnoresTokens ? CancellationToken.None : cancellationToken).ConfigureAwait(false);
        if (ReferenceEquals(ended, _disposed.Task)) throw Disposed(nameof(StuckStream));
    }
}
