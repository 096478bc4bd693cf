using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using StreamPipes.Buffers;
using StreamPipes.Common;

namespace StreamPipes.Transports;

/// <summary>A duplex stream, or one or two one-way streams, as a transport.</summary>
internal sealed class StreamTransport : Transport
{
    private readonly Stream? _input;
    private readonly Stream? _output;
    private readonly StreamTraits? _inputTraits;
    private readonly StreamTraits? _outputTraits;
    private readonly StreamReads _reads;
    private readonly WriteJoiner _joiner;
    private readonly bool _leaveOpen;
    private readonly bool _leaveCarrierOpen;
    private readonly bool _requiresCloseNotify;
    private readonly ReplayStream? _carrier;
    private readonly Socket? _tellingSocket;
    private readonly object _sync = new();
    private Task? _inputClosed;
    private Task? _outputClosed;
    private volatile bool _hasShutDown;

    private StreamTransport(Stream? input, Stream? output, PipeConnectionOptions options, bool ownsSession = false)
    {
        _input = input;
        _output = output;
        _inputTraits = input is null ? null : StreamTraits.Of(input);
        _outputTraits = IsDuplex ? _inputTraits : output is null ? null : StreamTraits.Of(output);
        _leaveOpen = options.LeaveOpen && !ownsSession;
        _leaveCarrierOpen = options.LeaveOpen;
        _joiner = new WriteJoiner(options);
        BatchSize = options.MaximumWriteSize;
        WaitsOnEmptyReads = _inputTraits is not null && (options.UseZeroByteReads ?? _inputTraits.WaitsOnEmptyReads);
        NeverBlocks = _inputTraits is not { NeverBlocks: false } && _outputTraits is not { NeverBlocks: false };

        // Of a session of our own, what carries it is meant, which has been told.
        bool? survives = ownsSession ? null : options.SurvivesCanceledReads;
        SurvivesCanceledRead = survives ?? _inputTraits is { SurvivesCanceledRead: true };
        MayCancelReads = survives ?? _inputTraits is not { MayCancelReads: false };
        DisposeNeedsQuiet = !_leaveOpen && (_inputTraits is { DisposeNeedsQuiet: true } || _outputTraits is { DisposeNeedsQuiet: true });
        ShutdownNeedsQuietReads = IsDuplex && !_leaveOpen && _outputTraits is { ShutdownNeedsQuietReads: true };

        // A writer over a connection closes it as gently as a duplex one, although what comes back is not wanted.
        LingersAfterShutdown = !_leaveOpen && (HasSeparateInput ? IsFromPeer(input!) : output is { CanRead: true } && _outputTraits is { LingersAfterShutdown: true });
        _requiresCloseNotify = options.RequireCloseNotify;
        _carrier = CarrierOf(input);
        _tellingSocket = TellingSocket();
        _reads = new StreamReads(input ?? output!, _inputTraits ?? _outputTraits!);

        // Last, since a socket that has no peer any more counts as disconnected once it was asked for the peer's address.
        Socket? socket = _inputTraits?.Socket ?? _outputTraits?.Socket;
        LocalEndPoint = TransportDescription.LocalEndPointOf(socket);
        RemoteEndPoint = TransportDescription.RemoteEndPointOf(socket);
    }

    public static StreamTransport Duplex(Stream stream, PipeConnectionOptions options) => new(stream, stream, options);

    public static StreamTransport Pair(Stream input, Stream output, PipeConnectionOptions options) => new(input, output, options);

    public static StreamTransport ReadOnly(Stream stream, PipeConnectionOptions options) => new(stream, null, options);

    public static StreamTransport WriteOnly(Stream stream, PipeConnectionOptions options) => new(null, stream, options);

    /// <summary>A TLS session of our own: it ends with close_notify, even if what carries it is left open.</summary>
    public static StreamTransport ForTls(SslStream stream, PipeConnectionOptions options) => new(stream, stream, options, ownsSession: true);

    public override bool HasInput => _input is not null;

    public override bool HasOutput => _output is not null;

    public override bool HasSeparateInput => HasInput && HasOutput && !IsDuplex;

    public override bool WaitsOnEmptyReads { get; }

    public override bool NeverBlocks { get; }

    public override bool WritesToKernel => _outputTraits is { WritesToKernel: true };

    public override bool SurvivesCanceledRead { get; }

    public override bool MayCancelReads { get; }

    public override bool AbandonsReads => _inputTraits is { AbandonsReads: true };

    public override bool OwnsStream => !_leaveOpen;

    public override bool OwnsWhatIsBelow => !_leaveOpen && IsDuplex && _output is SslStream tls && !FrameworkStreams.LeavesInnerOpen(tls);

    public override bool MayReadBlocking => !ShutdownNeedsQuietReads || _inputTraits is { CanStopBlockingWait: true };

    public override int BatchSize { get; }

    public override bool ShutdownNeedsQuietReads { get; }

    public override bool DisposeNeedsQuiet { get; }

    public override bool LingersAfterShutdown { get; }

    /// <summary>Of TLS over a duplex stream with no socket that could tell, a peer that is quiet is taken for one that has everything.</summary>
    public override bool IsEverythingDelivered => _outputTraits is { Socket: { } socket } ? DeliveryProbe.IsEverythingDelivered(socket) : !HasSeparateInput;

    public override bool CanDetach => IsDuplex;

    public override TlsSession? Tls => _outputTraits?.Tls;

    public override EndPoint? LocalEndPoint { get; }

    public override EndPoint? RemoteEndPoint { get; }

    private bool IsDuplex => _input is not null && ReferenceEquals(_input, _output);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) => _reads.ReadAsync(buffer, cancellationToken);

    public override void WaitForInput(CancellationToken cancellationToken) => _reads.WaitForInput(cancellationToken);

    public override int Read(Memory<byte> buffer) => _reads.Read(buffer);

    /// <summary>
    /// A write may have taken the socket's error, the reset, so that the read says no more than that nothing comes. TLS that ends with its carrier's end, and
    /// not by close_notify, has been cut off, as far as anybody can know.
    /// </summary>
    public override bool IsEndTruncated()
    {
        bool hasEndedInOrder = _carrier is { HasEnded: false };
        if (!hasEndedInOrder && !_hasShutDown && _tellingSocket is not null && DeliveryProbe.IsGone(_tellingSocket)) throw ResetError();
        bool isTruncated = _carrier is { HasEnded: true };
        if (isTruncated && _requiresCloseNotify) throw new IOException("The TLS session ended without close_notify: what was received may have been cut off on the way. PipeConnectionOptions.RequireCloseNotify says whether that is an error.");
        return isTruncated;
    }

    public override ValueTask WriteAsync(in ReadOnlySequence<byte> batch, CancellationToken cancellationToken) => _output!.WriteAsync(JoinIfNeeded(batch), cancellationToken);

    public override void Write(in ReadOnlySequence<byte> batch)
    {
        ReadOnlyMemory<byte> memory = JoinIfNeeded(batch);
        if (MemoryMarshal.TryGetArray(memory, out ArraySegment<byte> segment)) _output!.Write(segment.Array ?? [], segment.Offset, segment.Count);
        else _output!.Write(memory.Span);
    }

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        _joiner.Release();
        return _output!.FlushAsync(cancellationToken);
    }

    public override void Flush()
    {
        _joiner.Release();
        _output!.Flush();
    }

    public override void ReleaseWriteMemory() => _joiner.Release();

    public override async ValueTask ShutdownWritesAsync()
    {
        if (_leaveOpen) return;
        _hasShutDown = true;
        if (HasSeparateInput) await CloseOutputAsync().ConfigureAwait(false);
        else if (IsDuplex || LingersAfterShutdown) await StreamEnding.ShutdownWritesAsync(_output!).ConfigureAwait(false);
    }

    public override void Reset()
    {
        if (!_leaveCarrierOpen && (_output ?? _input) is { } stream) StreamEnding.Reset(stream);
    }

    public override Task CloseInputAsync() => HasSeparateInput ? CloseOnce(ref _inputClosed, _input, _inputTraits) : Task.CompletedTask;

    /// <summary>What a TLS session owns may end by its own farewell, a close handshake of its own: then the session's pending read ends with it.</summary>
    public override Task CloseBelowAsync() => OwnsWhatIsBelow ? StreamEnding.DisposeAsync(FrameworkStreams.InnerOf((SslStream)_output!)) : Task.CompletedTask;

    public override Task CloseAsync()
    {
        Task output = CloseOutputAsync();
        if (!IsDuplex) return Task.WhenAll(output, CloseOnce(ref _inputClosed, _input, _inputTraits));
        return _leaveCarrierOpen && _carrier is not null ? LeaveCarrierAsync(output, _carrier) : output;
    }

    /// <summary>A stream whose replayed bytes are all read is no more than a layer that costs something.</summary>
    public override Stream Detach() => _output is ReplayStream { IsSpent: true } spent ? spent.Inner : _output!;

    public override void ReleaseTransport()
    {
        if (!HasInput || !HasOutput) StreamClaims.Release(_input ?? _output!);
    }

    public override string ToString()
    {
        if (!HasSeparateInput) return TransportDescription.Of(_output ?? _input!, LocalEndPoint, RemoteEndPoint);
        return $"{TransportDescription.Of(_input!)} in, {TransportDescription.Of(_output!)} out";
    }

    private static async Task LeaveCarrierAsync(Task closed, ReplayStream carrier)
    {
        await closed.ConfigureAwait(false);
        await carrier.LeaveAsync().ConfigureAwait(false);
    }

    private static IOException ResetError()
    {
        SocketException reset = new((int)SocketError.ConnectionReset);
        return new IOException($"Unable to read data from the connection: {reset.Message}", reset);
    }

    /// <summary>A file, and the process's own standard input, have no other end that could still be reading.</summary>
    private bool IsFromPeer(Stream input) => !input.CanSeek && _inputTraits is not { AbandonsReads: true };

    private static ReplayStream? CarrierOf(Stream? input) => input is SslStream tls ? FrameworkStreams.InnerOf(tls) as ReplayStream : null;

    /// <summary>The socket that can tell an end from a reset: not one below what may have ended before it, nor one whose sending has ended.</summary>
    private Socket? TellingSocket() =>
        _inputTraits is { Socket: { Connected: true } socket } traits && (!traits.HoldsBytes || _carrier is not null) ? socket : null;

    private ReadOnlyMemory<byte> JoinIfNeeded(in ReadOnlySequence<byte> batch) => batch.IsSingleSegment ? batch.First : _joiner.Join(batch);

    private Task CloseOutputAsync() => CloseOnce(ref _outputClosed, _output, _outputTraits);

    private Task CloseOnce(ref Task? closed, Stream? stream, StreamTraits? traits)
    {
        if (_leaveOpen || stream is null) return Task.CompletedTask;
        TaskCompletionSource<Task> started;
        lock (_sync)
        {
            if (closed is not null) return closed;
            started = Background.NewSource<Task>();
            closed = started.Task.Unwrap();
        }

        // Outside the lock, since a stream may run anything when it is disposed.
        started.SetResult(StreamEnding.DisposeAsync(stream, traits!));
        return closed;
    }
}
