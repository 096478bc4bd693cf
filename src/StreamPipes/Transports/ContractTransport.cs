using System.Buffers;
using System.Diagnostics;
using System.Net;

namespace StreamPipes.Transports;

/// <summary>
/// Checks that the library keeps the contract of <see cref="Transport"/>, and throws where it does not. Debug builds put it around every transport.
/// </summary>
internal sealed class ContractTransport : Transport
{
    private readonly Transport _inner;

    /// <summary>What runs of each direction; <see langword="null"/> if nothing does.</summary>
    private string? _reading;
    private string? _writing;
    private volatile bool _isReleased;

    public ContractTransport(Transport inner) => _inner = inner;

    public override bool HasInput => _inner.HasInput;

    public override bool HasOutput => _inner.HasOutput;

    public override bool HasSeparateInput => _inner.HasSeparateInput;

    public override bool WaitsOnEmptyReads => _inner.WaitsOnEmptyReads;

    public override bool NeverBlocks => _inner.NeverBlocks;

    public override bool WritesToKernel => _inner.WritesToKernel;

    public override bool SurvivesCanceledRead => _inner.SurvivesCanceledRead;

    public override bool MayCancelReads => _inner.MayCancelReads;

    public override bool AbandonsReads => _inner.AbandonsReads;

    public override bool OwnsStream => _inner.OwnsStream;

    public override bool MayReadBlocking => _inner.MayReadBlocking;

    public override int BatchSize => _inner.BatchSize;

    public override bool ShutdownNeedsQuietReads => _inner.ShutdownNeedsQuietReads;

    public override bool DisposeNeedsQuiet => _inner.DisposeNeedsQuiet;

    public override bool LingersAfterShutdown => _inner.LingersAfterShutdown;

    public override bool IsEverythingDelivered => _inner.IsEverythingDelivered;

    public override bool CanDetach => _inner.CanDetach;

    public override TlsSession? Tls => _inner.Tls;

    public override EndPoint? LocalEndPoint => _inner.LocalEndPoint;

    public override EndPoint? RemoteEndPoint => _inner.RemoteEndPoint;

    [Conditional("DEBUG")]
    public static void InsertInDebug(ref Transport transport) => transport = new ContractTransport(transport);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        using Operation reading = BeginReading(nameof(ReadAsync));
        return await _inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    public override void WaitForInput(CancellationToken cancellationToken)
    {
        using Operation reading = BeginReading(nameof(WaitForInput));
        _inner.WaitForInput(cancellationToken);
    }

    public override int Read(Memory<byte> buffer)
    {
        using Operation reading = BeginReading(nameof(Read));
        return _inner.Read(buffer);
    }

    public override bool IsEndTruncated() => _inner.IsEndTruncated();

    public override ValueTask WriteAsync(in ReadOnlySequence<byte> batch, CancellationToken cancellationToken) => WriteCopyAsync(batch, cancellationToken);

    public override void Write(in ReadOnlySequence<byte> batch)
    {
        using Operation writing = BeginWriting(nameof(Write));
        _inner.Write(batch);
    }

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        using Operation writing = BeginWriting(nameof(FlushAsync));
        await _inner.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    public override void Flush()
    {
        using Operation writing = BeginWriting(nameof(Flush));
        _inner.Flush();
    }

    public override void ReleaseWriteMemory()
    {
        CheckNotWriting(nameof(ReleaseWriteMemory));
        _inner.ReleaseWriteMemory();
    }

    public override async ValueTask ShutdownWritesAsync()
    {
        using Operation writing = BeginWriting(nameof(ShutdownWritesAsync));
        if (ShutdownNeedsQuietReads && MayCancelReads) CheckNotReading(nameof(ShutdownWritesAsync));
        await _inner.ShutdownWritesAsync().ConfigureAwait(false);
    }

    public override void Reset() => _inner.Reset();

    public override Task CloseInputAsync() => _inner.CloseInputAsync();

    public override bool OwnsWhatIsBelow => _inner.OwnsWhatIsBelow;

    public override Task CloseBelowAsync() => _inner.CloseBelowAsync();

    public override Task CloseAsync() => _inner.CloseAsync();

    public override Stream Detach()
    {
        if (MayCancelReads) CheckNotReading(nameof(Detach));
        CheckNotWriting(nameof(Detach));
        return _inner.Detach();
    }

    public override void ReleaseTransport()
    {
        if (!AbandonsReads) CheckNotReading(nameof(ReleaseTransport));
        CheckNotWriting(nameof(ReleaseTransport));
        _isReleased = true;
        _inner.ReleaseTransport();
    }

    public override string? ToString() => _inner.ToString();

    /// <summary>A method that awaits cannot take the batch by reference.</summary>
    private async ValueTask WriteCopyAsync(ReadOnlySequence<byte> batch, CancellationToken cancellationToken)
    {
        using Operation writing = BeginWriting(nameof(WriteAsync));
        await _inner.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
    }

    private Operation BeginReading(string name)
    {
        CheckNotReleased(name);
        Operation reading = new(this, name, isRead: true);
        if (ShutdownNeedsQuietReads && string.Equals(Volatile.Read(ref _writing), nameof(ShutdownWritesAsync), StringComparison.Ordinal))
        {
            reading.Dispose();
            throw Broken($"{name} was called during the half-close, which must not run concurrently with a read");
        }

        return reading;
    }

    private Operation BeginWriting(string name)
    {
        CheckNotReleased(name);
        return new Operation(this, name, isRead: false);
    }

    private void CheckNotReading(string name)
    {
        if (Volatile.Read(ref _reading) is { } other) throw Broken($"{name} was called while {other} ran");
    }

    private void CheckNotWriting(string name)
    {
        if (Volatile.Read(ref _writing) is { } other) throw Broken($"{name} was called while {other} ran");
    }

    private void CheckNotReleased(string name)
    {
        if (_isReleased) throw Broken($"{name} was called after {nameof(ReleaseTransport)}");
    }

    private InvalidOperationException Broken(string how) => new($"The contract of the transport was broken: {how}. The transport is {_inner}.");

    /// <summary>One read, or one write, flush or half-close, from its call to its end.</summary>
    private readonly struct Operation : IDisposable
    {
        private readonly ContractTransport _transport;
        private readonly bool _isRead;

        public Operation(ContractTransport transport, string name, bool isRead)
        {
            _transport = transport;
            _isRead = isRead;
            if (Interlocked.CompareExchange(ref Running, name, null) is { } other) throw transport.Broken($"{name} was called while {other} ran");
        }

        private ref string? Running => ref _isRead ? ref _transport._reading : ref _transport._writing;

        public void Dispose() => Interlocked.Exchange(ref Running, null);
    }
}
