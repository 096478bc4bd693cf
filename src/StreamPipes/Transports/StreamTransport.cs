using System.Buffers;
#if NET
using System.Net.Security;
#endif

namespace StreamPipes.Transports;

/// <summary>A duplex stream, or one or two one-way streams, as a transport.</summary>
internal sealed class StreamTransport : Transport
{
    private readonly Stream? _input;
    private readonly Stream? _output;
    private readonly StreamReads _reads;
    private readonly WriteJoiner _joiner;
    private BlockingReads? _blockingReads;
    private readonly bool _leaveOpen;
    private readonly bool _leaveCarrierOpen;
    private readonly object _sync = new();
    private Task? _inputClosed;
    private Task? _outputClosed;

    private StreamTransport(Stream? input, Stream? output, PipeConnectionOptions options, bool ownsSession = false)
    {
        _input = input;
        _output = output;
        _leaveOpen = options.LeaveOpen && !ownsSession;
        _leaveCarrierOpen = options.LeaveOpen;
        BatchSize = options.MaximumWriteSize;
        _joiner = new WriteJoiner(options);
        WaitsOnEmptyReads = input is not null && (options.UseZeroByteReads ?? StreamTraits.WaitsOnEmptyReads(input));
        NeverBlocks = (input is null || StreamTraits.NeverBlocks(input)) && (output is null || StreamTraits.NeverBlocks(output));

        // A writer over a connection closes it as gently as a duplex one, although nobody wants what comes back.
        LingersAfterShutdown = !_leaveOpen && !HasSeparateInput && output is { CanRead: true } && StreamTraits.LingersAfterShutdown(output);
        _reads = new StreamReads(input ?? (LingersAfterShutdown ? output! : Stream.Null));
#if NET
        Tls = output is SslStream { IsAuthenticated: true } tls ? SessionOf(tls) : null;
#endif
    }

    public static StreamTransport Duplex(Stream stream, PipeConnectionOptions options) => new(stream, stream, options);

    public static StreamTransport Pair(Stream input, Stream output, PipeConnectionOptions options) => new(input, output, options);

    public static StreamTransport ReadOnly(Stream stream, PipeConnectionOptions options) => new(stream, null, options);

    public static StreamTransport WriteOnly(Stream stream, PipeConnectionOptions options) => new(null, stream, options);

#if NET
    /// <summary>A TLS session of our own: it ends with close_notify, even if what carries it is left open.</summary>
    public static StreamTransport ForTls(SslStream stream, PipeConnectionOptions options) => new(stream, stream, options, ownsSession: true);

    /// <summary>Taken at once, since an <see cref="SslStream"/> that is disposed tells nothing any more.</summary>
    public override TlsSession? Tls { get; }
#endif

    public override bool HasInput => _input is not null;

    public override bool HasOutput => _output is not null;

    public override bool WaitsOnEmptyReads { get; }

    public override bool NeverBlocks { get; }

    public override bool SurvivesCanceledRead => _input is not null && StreamTraits.NeverBlocks(_input);

    public override bool HasSeparateInput => HasInput && HasOutput && !IsDuplex;

    public override bool ShutdownNeedsQuietReads => IsDuplex && !_leaveOpen && StreamTraits.ShutdownNeedsQuietReads(_output!);

    public override bool LingersAfterShutdown { get; }

    private bool IsDuplex => _input is not null && ReferenceEquals(_input, _output);

    public override bool IsEverythingDelivered => _output is not null && SocketAccess.Find(_output) is { } socket && DeliveryProbe.IsEverythingDelivered(socket);

    public override int BatchSize { get; }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => _reads.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(in ReadOnlySequence<byte> batch, CancellationToken cancellationToken)
    {
#if NET
        return _output!.WriteAsync(batch.IsSingleSegment ? batch.First : _joiner.Join(batch), cancellationToken);
#else
        ReadOnlyMemory<byte> memory = batch.First;
        if (!batch.IsSingleSegment || !System.Runtime.InteropServices.MemoryMarshal.TryGetArray(memory, out ArraySegment<byte> segment))
        {
            segment = _joiner.JoinToArray(batch);
        }

        return new ValueTask(_output!.WriteAsync(segment.Array!, segment.Offset, segment.Count, cancellationToken));
#endif
    }

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        _joiner.Release();
        return _output!.FlushAsync(cancellationToken);
    }

    public override bool DisposeNeedsQuiet => !_leaveOpen && ((_output is not null && StreamTraits.DisposeNeedsQuiet(_output)) || (_input is not null && StreamTraits.DisposeNeedsQuiet(_input)));

    public override bool MayReadBlocking => !ShutdownNeedsQuietReads || BlockingReads.CanBeStopped(_input!);

    public override void WaitForInput(CancellationToken cancellationToken) => (_blockingReads ??= new BlockingReads(_input!)).Wait(cancellationToken);

    public override int Read(Memory<byte> buffer) => _blockingReads!.Read(buffer);

    public override void Write(in ReadOnlySequence<byte> batch)
    {
#if NET
        _output!.Write((batch.IsSingleSegment ? batch.First : _joiner.Join(batch)).Span);
#else
        if (!batch.IsSingleSegment || !System.Runtime.InteropServices.MemoryMarshal.TryGetArray(batch.First, out ArraySegment<byte> segment))
        {
            segment = _joiner.JoinToArray(batch);
        }

        _output!.Write(segment.Array!, segment.Offset, segment.Count);
#endif
    }

    public override void Flush()
    {
        _joiner.Release();
        _output!.Flush();
    }

    public override async ValueTask ShutdownWritesAsync()
    {
        if (_leaveOpen) return;
        if (IsDuplex || LingersAfterShutdown) await HalfClose.SendAsync(_output!).ConfigureAwait(false);
        else if (HasSeparateInput) await CloseOutputAsync().ConfigureAwait(false);
    }

    public override void Reset()
    {
        if (!_leaveCarrierOpen && (_output ?? _input) is { } stream) AbortiveClose.Send(stream);
    }

    public override Task CloseInputAsync() => HasSeparateInput ? Close(ref _inputClosed, _input) : Task.CompletedTask;

    public override Task CloseAsync()
    {
        Task output = CloseOutputAsync();
        return IsDuplex ? output : Task.WhenAll(output, Close(ref _inputClosed, _input));
    }

    public override bool CanDetach => IsDuplex;

    /// <summary>A stream whose replayed bytes are all read is no more than a layer that costs something.</summary>
    public override Stream Detach() => _output is ReplayStream { IsSpent: true } spent ? spent.Inner : _output!;

    public override void ReleaseWriteMemory() => _joiner.Release();

    public override string ToString()
    {
        if (IsDuplex) return TransportDescription.Of(_output!);
        return (_input, _output) switch
        {
            ({ } input, { } output) => $"{TransportDescription.Of(input)} in, {TransportDescription.Of(output)} out",
            _ => TransportDescription.Of(_input ?? _output!),
        };
    }

#if NET
    /// <summary>A class derived from <see cref="SslStream"/> may say that it is authenticated and have nothing to tell.</summary>
    private static TlsSession? SessionOf(SslStream stream)
    {
        try
        {
            return new TlsSession(stream);
        }
        catch (Exception e) when (e is InvalidOperationException or NotSupportedException)
        {
            return null;
        }
    }
#endif

    private Task CloseOutputAsync() => Close(ref _outputClosed, _output);

    private Task Close(ref Task? closed, Stream? stream)
    {
        if (_leaveOpen || stream is null) return Task.CompletedTask;
        TaskCompletionSource<Task> started;
        lock (_sync)
        {
            if (closed is not null) return closed;
            started = new TaskCompletionSource<Task>(TaskCreationOptions.RunContinuationsAsynchronously);
            closed = started.Task.Unwrap();
        }

        // Outside the lock, since a stream may run anything when it is disposed.
        started.SetResult(StreamDisposal.DisposeAsync(stream));
        return closed;
    }
}
