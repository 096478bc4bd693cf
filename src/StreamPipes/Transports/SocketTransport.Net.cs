using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using StreamPipes.Buffers;

namespace StreamPipes.Transports;

/// <summary>A connected stream socket as a transport.</summary>
internal sealed class SocketTransport : Transport
{
    /// <summary>Enough for any bandwidth, and few enough segments for one system call.</summary>
    private const int LargestBatch = 128 * 1024;

    /// <summary>In microseconds. A dispose of the socket ends the wait with an exception; should it not, the next send does.</summary>
    private const int LongestWait = 100_000;

    private readonly Socket _socket;
    private readonly WriteJoiner _joiner;
    private readonly bool _leaveOpen;
    private readonly NetworkStream? _stream;
    private GatheredSend? _gather;
    private volatile bool _hasShutDown;

    public SocketTransport(Socket socket, PipeConnectionOptions options)
    {
        _socket = socket;
        _leaveOpen = options.LeaveOpen;
        _joiner = new WriteJoiner(options);
        WaitsOnEmptyReads = options.UseZeroByteReads ?? true;
        BatchSize = Math.Max(options.MaximumWriteSize, LargestBatch);
        if (MustMakeStreamFirst) _stream = MakeStreamFirst();

        // Last, since a socket that has no peer any more counts as disconnected once it was asked for the peer's address.
        LocalEndPoint = TransportDescription.LocalEndPointOf(socket);
        RemoteEndPoint = TransportDescription.RemoteEndPointOf(socket);
    }

    /// <summary>.NET 8 takes a socket for disconnected once a read of it was cancelled, and then makes no stream of it any more.</summary>
    private static bool MustMakeStreamFirst =>
#if NET10_0_OR_GREATER
        false;
#else
        true;
#endif

    public override EndPoint? LocalEndPoint { get; }

    public override EndPoint? RemoteEndPoint { get; }

    public override bool HasInput => true;

    public override bool HasOutput => true;

    public override bool HasSeparateInput => false;

    public override bool WaitsOnEmptyReads { get; }

    public override bool NeverBlocks => true;

    public override bool WritesToKernel => true;

    public override bool SurvivesCanceledRead => FrameworkStreams.SocketsSurviveCanceledReads;

    public override bool MayCancelReads => true;

    public override bool OwnsStream => !_leaveOpen;

    public override bool MayReadBlocking => true;

    public override int BatchSize { get; }

    public override bool ShutdownNeedsQuietReads => false;

    public override bool DisposeNeedsQuiet => false;

    public override bool LingersAfterShutdown => !_leaveOpen;

    public override bool IsEverythingDelivered => DeliveryProbe.IsEverythingDelivered(_socket);

    public override bool CanDetach => true;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        _socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);

    public override void WaitForInput(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        StreamReads.WaitForInput(_socket, cancellationToken);
    }

    public override int Read(Memory<byte> buffer)
    {
        // A socket that does not block may have had something a moment ago, such as a segment that was dropped for its checksum.
        int read = _socket.Receive(buffer.Span, SocketFlags.None, out SocketError error);
        return error switch
        {
            SocketError.Success => read,
            SocketError.WouldBlock => -1,
            _ => throw new SocketException((int)error),
        };
    }

    /// <summary>A write may have taken the socket's error, the reset, so that the read says no more than that nothing comes.</summary>
    public override bool IsEndTruncated() => _hasShutDown || !DeliveryProbe.IsGone(_socket) ? false : throw new SocketException((int)SocketError.ConnectionReset);

    public override ValueTask WriteAsync(in ReadOnlySequence<byte> batch, CancellationToken cancellationToken)
    {
        // A gathered send knows no token, and where the socket is left open nothing but a token can release it.
        if (batch.IsSingleSegment || cancellationToken.CanBeCanceled) return SendAsync(batch.IsSingleSegment ? batch.First : _joiner.Join(batch), cancellationToken);
        _gather ??= new GatheredSend();
        return _gather.TryTake(batch) ? SendGatheredAsync(_gather) : SendAsync(_joiner.Join(batch), cancellationToken);
    }

    public override void Write(in ReadOnlySequence<byte> batch)
    {
        ReadOnlySpan<byte> rest = (batch.IsSingleSegment ? batch.First : _joiner.Join(batch)).Span;
        while (!rest.IsEmpty) rest = rest.Slice(SendOrWait(rest));
    }

    /// <summary>A socket sends at once. The memory goes back all the same.</summary>
    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        ReleaseWriteMemory();
        return Task.CompletedTask;
    }

    public override void Flush() => ReleaseWriteMemory();

    public override void ReleaseWriteMemory()
    {
        _joiner.Release();
        _gather?.Clear();
    }

    public override ValueTask ShutdownWritesAsync()
    {
        if (_leaveOpen) return default;
        _hasShutDown = true;
        _socket.Shutdown(SocketShutdown.Send);
        return default;
    }

    public override void Reset()
    {
        if (!_leaveOpen) StreamEnding.Reset(_socket);
    }

    public override Task CloseInputAsync() => Task.CompletedTask;

    public override Task CloseAsync()
    {
        if (!_leaveOpen) _socket.Dispose();
        return Task.CompletedTask;
    }

    public override Stream Detach()
    {
        if (_stream is null) return MakeStream();
        if (!_socket.Blocking) _socket.Blocking = true;
        return _stream;
    }

    public override void ReleaseTransport()
    {
        _gather?.Dispose();
        _gather = null;
    }

    public override string ToString() => TransportDescription.OfSocket(LocalEndPoint, RemoteEndPoint);

    /// <summary>On a socket that does not block, the thread waits all the same: until there is room, or the socket has ended.</summary>
    private int SendOrWait(ReadOnlySpan<byte> bytes)
    {
        int sent = _socket.Send(bytes, SocketFlags.None, out SocketError error);
        if (error == SocketError.WouldBlock) _socket.Poll(LongestWait, SelectMode.SelectWrite);
        else if (error != SocketError.Success) throw new SocketException((int)error);
        return sent;
    }

    /// <summary>There is no such stream over a socket that does not block.</summary>
    private NetworkStream MakeStream()
    {
        if (!_socket.Blocking) _socket.Blocking = true;
        return new NetworkStream(_socket, ownsSocket: true);
    }

    private NetworkStream MakeStreamFirst()
    {
        bool isBlocking = _socket.Blocking;
        NetworkStream stream = MakeStream();
        if (!isBlocking) _socket.Blocking = false;
        return stream;
    }

    private ValueTask SendAsync(ReadOnlyMemory<byte> memory, CancellationToken cancellationToken)
    {
        ValueTask<int> send = _socket.SendAsync(memory, SocketFlags.None, cancellationToken);
        if (!send.IsCompletedSuccessfully) return SendRestAsync(send, memory, cancellationToken);
        int sent = send.Result;
        return sent == memory.Length ? default : SendRestAsync(new ValueTask<int>(sent), memory, cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendRestAsync(ValueTask<int> send, ReadOnlyMemory<byte> memory, CancellationToken cancellationToken)
    {
        memory = memory.Slice(await send.ConfigureAwait(false));
        while (!memory.IsEmpty) memory = memory.Slice(await _socket.SendAsync(memory, SocketFlags.None, cancellationToken).ConfigureAwait(false));
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendGatheredAsync(GatheredSend gather)
    {
        while (gather.HasMore) gather.MarkSent(await gather.SendAsync(_socket).ConfigureAwait(false));
    }
}
