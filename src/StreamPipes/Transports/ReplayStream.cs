using System.Net;
using System.Runtime.CompilerServices;
using StreamPipes.Common;

namespace StreamPipes.Transports;

/// <summary>
/// A stream with bytes in front that were read from it before, and perhaps a read that is still in it. A token never reaches a read that must not be cancelled:
/// that stays pending, and what it brings is in front of the next. Everything else passes through.
/// </summary>
internal sealed partial class ReplayStream : Stream, IAsyncDisposable, IOwnStream
{
    private const int LeastKeptRead = 4096;
    private const int LargestKeptRead = 32 * 1024;

    private readonly StreamTraits _inner;
    private readonly StreamReads _reads;
    private ReadOnlyMemory<byte> _front;
    private LateRead? _late;
    private CancellationTokenSource? _stop;
    private byte[]? _kept;
    private volatile bool _hasEnded;

    public ReplayStream(Stream inner, ReadOnlyMemory<byte> front, LateRead? late, bool? mayCancelReads = null)
    {
        Inner = inner;
        _front = front;
        _late = late;
        _inner = StreamTraits.Of(inner);
        _reads = new StreamReads(inner, _inner);
        KeepsReads = !(mayCancelReads ?? _inner.MayCancelReads);
        HasHeldBytes = !front.IsEmpty || late is not null;
    }

    public Stream Inner { get; }

    /// <summary>Whether nothing is left in front.</summary>
    public bool IsSpent => _front.IsEmpty && _late is null;

    /// <summary>Whether a read has found the end.</summary>
    public bool HasEnded => _hasEnded;

    /// <summary>What is in front is in no socket any more. A token ends no read of the stream below, so that it does no harm there.</summary>
    StreamTraits IOwnStream.Traits => _inner with
    {
        WaitsOnEmptyReads = _inner.WaitsOnEmptyReads || KeepsReads,
        SurvivesCanceledRead = _inner.SurvivesCanceledRead || KeepsReads,
        MayCancelReads = true,
        HasOnlyBlockingReads = false,
        HoldsBytes = _inner.HoldsBytes || HasHeldBytes || KeepsReads,
        CanStopBlockingWait = _inner.CanStopBlockingWait && !HasHeldBytes && !KeepsReads,
    };

    private bool HasHeldBytes { get; }

    private bool KeepsReads { get; }

    /// <summary>A stream that notes the end, and whose reads may be cancelled, whatever the stream bears.</summary>
    public static ReplayStream Over(Stream stream, bool? mayCancelReads) => stream as ReplayStream ?? new ReplayStream(stream, front: default, late: null, mayCancelReads);

    public override bool CanRead => Inner.CanRead;

    public override bool CanWrite => Inner.CanWrite;

    public override bool CanSeek => false;

    public override bool CanTimeout => Inner.CanTimeout;

    public override int ReadTimeout
    {
        get => Inner.ReadTimeout;
        set => Inner.ReadTimeout = value;
    }

    public override int WriteTimeout
    {
        get => Inner.WriteTimeout;
        set => Inner.WriteTimeout = value;
    }

    public override long Length => throw NotSeekable();

    public override long Position
    {
        get => throw NotSeekable();
        set => throw NotSeekable();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        StreamArguments.Check(buffer, offset, count);
        if (HasFrontOrEnd()) return TakeFront(buffer.AsSpan(offset, count));
        int read = Inner.Read(buffer, offset, count);
        NoteEnd(read, count);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        StreamArguments.Check(buffer, offset, count);
        return ReadFrontOrBelowAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    public override IAsyncResult BeginRead(byte[] buffer, int offset, int count, AsyncCallback? callback, object? state) =>
        TaskToAsyncResult.Begin(ReadAsync(buffer, offset, count, CancellationToken.None), callback, state);

    public override int EndRead(IAsyncResult asyncResult) => TaskToAsyncResult.End<int>(asyncResult);

    public override void Write(byte[] buffer, int offset, int count) => Inner.Write(buffer, offset, count);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Inner.WriteAsync(buffer, offset, count, cancellationToken);

    public override IAsyncResult BeginWrite(byte[] buffer, int offset, int count, AsyncCallback? callback, object? state) =>
        Inner.BeginWrite(buffer, offset, count, callback, state);

    public override void EndWrite(IAsyncResult asyncResult) => Inner.EndWrite(asyncResult);

    public override void Flush() => Inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => Inner.FlushAsync(cancellationToken);

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        GC.SuppressFinalize(this);
        try
        {
            await Inner.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            StopReading();
        }
    }

    /// <summary>Leaves the stream below to its owner: no read of this one stays in it.</summary>
    public async Task LeaveAsync()
    {
        StopReading();
        if (_late is { } late) await ((Task)late.Bytes).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    string IOwnStream.Describe(EndPoint? local, EndPoint? remote) => TransportDescription.Of(Inner, local, remote);

    ValueTask IOwnStream.ShutdownWritesAsync() => StreamEnding.ShutdownWritesAsync(Inner);

    void IOwnStream.Abort()
    {
        StreamEnding.Reset(Inner);
        StopReading();
    }

    public override long Seek(long offset, SeekOrigin origin) => throw NotSeekable();

    public override void SetLength(long value) => throw NotSeekable();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            try
            {
                Inner.Dispose();
            }
            finally
            {
                StopReading();
            }
        }

        base.Dispose(disposing);
    }

    private static NotSupportedException NotSeekable() => new("A connection cannot be sought, and has no length.");

    private ValueTask<int> ReadFrontOrBelowAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (!_front.IsEmpty || _hasEnded) return cancellationToken.IsCancellationRequested ? new ValueTask<int>(Task.FromCanceled<int>(cancellationToken)) : new ValueTask<int>(TakeFront(buffer.Span));
        if (_late is null && !(KeepsReads && (cancellationToken.CanBeCanceled || buffer.IsEmpty))) return ReadBelowAsync(buffer, cancellationToken);
        _late ??= BeginKeptRead(buffer.Length);
        return ReadLateAsync(_late, buffer, cancellationToken);
    }

    private ValueTask<int> ReadBelowAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        ValueTask<int> read = _reads.ReadAsync(buffer, cancellationToken);
        if (buffer.IsEmpty) return read;
        if (!read.IsCompletedSuccessfully) return NoteEndAsync(read, buffer.Length);
        int count = read.Result;
        NoteEnd(count, buffer.Length);
        return new ValueTask<int>(count);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> NoteEndAsync(ValueTask<int> read, int length)
    {
        int count = await read.ConfigureAwait(false);
        NoteEnd(count, length);
        return count;
    }

    private void NoteEnd(int read, int length)
    {
        if (read == 0 && length > 0) _hasEnded = true;
    }

    private async ValueTask<int> ReadLateAsync(LateRead late, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (!late.Bytes.IsCompleted)
        {
            TaskCompletionSource<bool> canceled = Background.NewSource<bool>();
            using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static canceled => Background.TrySetResult((TaskCompletionSource<bool>)canceled!), canceled);
            if (await Task.WhenAny(late.Bytes, canceled.Task).ConfigureAwait(false) != late.Bytes) throw new OperationCanceledException(cancellationToken);
        }

        Take(await late.Bytes.ConfigureAwait(false));
        return _front.IsEmpty && !_hasEnded ? await ReadFrontOrBelowAsync(buffer, cancellationToken).ConfigureAwait(false) : TakeFront(buffer.Span);
    }

    /// <summary>Where the stream might block the thread that reads it, on another: otherwise the token could not end the wait.</summary>
    private LateRead BeginKeptRead(int length)
    {
        CancellationTokenSource stop = _stop ??= new CancellationTokenSource();
        bool mayBlock = !_inner.NeverBlocks && !_inner.HasOnlyBlockingReads;
        return new LateRead(mayBlock ? Task.Run(() => KeepReadAsync(length, stop.Token)) : KeepReadAsync(length, stop.Token), () => Cancellation.Fire(stop));
    }

    /// <summary>In memory of the stream's own: the caller that gave up its read may use its memory for something else.</summary>
    private async Task<ReadOnlyMemory<byte>?> KeepReadAsync(int length, CancellationToken cancellationToken)
    {
        length = Math.Min(Math.Max(length, LeastKeptRead), LargestKeptRead);
        if (_kept is null || _kept.Length < length) _kept = new byte[length];
        int read = StreamReads.Checked(await _reads.ReadAsync(_kept, cancellationToken).ConfigureAwait(false), _kept.Length);
        if (read == 0) return null;
        return _kept.AsMemory(0, read);
    }

    private void Take(ReadOnlyMemory<byte>? read)
    {
        _late = null;
        if (read is { } bytes) _front = bytes;
        else _hasEnded = true;
    }

    /// <summary>Waits for a read that is still in the stream, unless something is in front of what that brings.</summary>
    private bool HasFrontOrEnd()
    {
        if (_front.IsEmpty && _late is { } late) Take(late.Bytes.GetAwaiter().GetResult());
        return !_front.IsEmpty || _hasEnded;
    }

    private void StopReading() => _late?.Cancel();

    private int TakeFront(Span<byte> buffer)
    {
        int count = Math.Min(_front.Length, buffer.Length);
        _front.Span.Slice(0, count).CopyTo(buffer);

        // Releases the array with its last byte.
        _front = count == _front.Length ? default : _front.Slice(count);
        return count;
    }
}
