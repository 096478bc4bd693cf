using System.Text;
using StreamPipes.Common;

namespace StreamPipes.Testing;

/// <summary>
/// A stream whose reads follow a script, and which records its writes: <c>new ScriptedStream().Gives("PING").Waits(gate).Ends()</c>. Past the end of the script a read
/// is pending until more is scripted, its token fires or the stream is disposed.
/// </summary>
/// <remarks>
/// <para><b>Concurrency.</b> One read and one write at a time, concurrently with each other. Any thread may add to the script, at any time.</para>
/// <para><b>Errors.</b> A scripted error, and the end, are repeated by every read that follows. A pending read throws <see cref="ObjectDisposedException"/> when
/// the stream is disposed.</para>
/// </remarks>
public sealed class ScriptedStream : TestStream
{
    private readonly object _sync = new();
    private readonly Queue<object?> _steps = new();
    private readonly MemoryStream _written = new();
    private readonly List<int> _writeSizes = [];
    private readonly TaskCompletionSource<bool> _disposed = Background.NewSource<bool>();
    private TaskCompletionSource<bool> _grown = Background.NewSource<bool>();
    private ReadOnlyMemory<byte> _rest;
    private volatile bool _isDisposed;

    /// <summary>Makes a stream whose script is empty.</summary>
    public ScriptedStream()
    {
    }

    /// <summary>Whether the stream has been disposed.</summary>
    public bool IsDisposed => _isDisposed;

    /// <summary>A read gets these bytes, or as many of them as it has room for; the next read gets the rest. Two scripted pieces are never given by one read.</summary>
    /// <param name="bytes">The bytes, which are copied.</param>
    /// <returns>This stream.</returns>
    public ScriptedStream Gives(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty) Add(bytes.ToArray());
        return this;
    }

    /// <summary>The same for a text in UTF-8.</summary>
    /// <param name="text">The text.</param>
    /// <returns>This stream.</returns>
    public ScriptedStream Gives(string text) => Gives(Encoding.UTF8.GetBytes(text).AsSpan());

    /// <summary>Reads get no further until a task of the test's has ended.</summary>
    /// <param name="gate">What they wait for.</param>
    /// <returns>This stream.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="gate"/> is <see langword="null"/>.</exception>
    public ScriptedStream Waits(Task gate)
    {
        Add(gate ?? throw new ArgumentNullException(nameof(gate)));
        return this;
    }

    /// <summary>Reads fail, from here on.</summary>
    /// <param name="error">What they throw.</param>
    /// <returns>This stream.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="error"/> is <see langword="null"/>.</exception>
    public ScriptedStream Fails(Exception error)
    {
        Add(error ?? throw new ArgumentNullException(nameof(error)));
        return this;
    }

    /// <summary>Reads get the end, from here on.</summary>
    /// <returns>This stream.</returns>
    public ScriptedStream Ends()
    {
        Add(null);
        return this;
    }

    /// <summary>What has been written so far.</summary>
    /// <returns>A copy.</returns>
    public byte[] GetWritten()
    {
        lock (_sync) return _written.ToArray();
    }

    /// <summary>The size of each write so far, in order.</summary>
    /// <returns>A copy.</returns>
    public IReadOnlyList<int> GetWriteSizes()
    {
        lock (_sync) return [.. _writeSizes];
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_isDisposed) throw Disposed(nameof(ScriptedStream));
            Task wait;
            lock (_sync)
            {
                if (!_rest.IsEmpty) return TakeRest(buffer);
                if (_steps.Count == 0)
                {
                    wait = _grown.Task;
                }
                else
                {
                    object? step = _steps.Peek();
                    if (step is null) return 0;
                    if (step is Exception error) throw error;
                    if (step is not Task gate || gate.IsCompleted)
                    {
                        _steps.Dequeue();
                        _rest = step as byte[] ?? _rest;
                        continue;
                    }

                    wait = gate;
                }
            }

            await Cancellation.OrAsync(Task.WhenAny(wait, _disposed.Task), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return new ValueTask(Task.FromCanceled(cancellationToken));
        if (_isDisposed) throw Disposed(nameof(ScriptedStream));
        byte[] bytes = buffer.ToArray();
        lock (_sync)
        {
            _written.Write(bytes, 0, bytes.Length);
            _writeSizes.Add(bytes.Length);
        }

        return default;
    }

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        _isDisposed = true;
        Background.TrySetResult(_disposed);
        GC.SuppressFinalize(this);
        return default;
    }

    private int TakeRest(Memory<byte> buffer)
    {
        int count = Math.Min(buffer.Length, _rest.Length);
        _rest.Slice(0, count).CopyTo(buffer);
        _rest = _rest.Slice(count);
        return count;
    }

    private void Add(object? step)
    {
        TaskCompletionSource<bool> grown;
        lock (_sync)
        {
            _steps.Enqueue(step);
            (grown, _grown) = (_grown, Background.NewSource<bool>());
        }

        Background.TrySetResult(grown);
    }
}
