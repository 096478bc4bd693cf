using StreamPipes.Testing.Running;

namespace StreamPipes.Testing.Links;

/// <summary>
/// One direction of a connection: what one side writes travels in pieces, each of which arrives after its latency, and is read by the other side in any cuts. All that
/// happens to it is drawn from numbers of its own.
/// </summary>
internal sealed class LinkDirection
{
    private static readonly Action<object?> ArriveCallback = static direction => ((LinkDirection)direction!).Arrive();
    private static readonly Action<object?> ArriveEndCallback = static direction => ((LinkDirection)direction!).ArriveEnd();

    private readonly RunLoop _loop;
    private readonly SeededRandom _random;
    private readonly VirtualLinkOptions _options;
    private readonly TraceLog _trace;
    private readonly VirtualLink _link;
    private readonly LinkSide _sender;
    private readonly LinkSide _receiver;
    private readonly TransitBuffer _buffer;
    private readonly Queue<int> _pieces = new();
    private readonly int _pieceSize;
    private readonly long _resetsAt = long.MaxValue;
    private readonly long _truncatesAt = long.MaxValue;
    private long _lineFreeTicks;
    private long _lastArrivalTicks;
    private bool _isTruncated;

    public LinkDirection(RunLoop loop, SeededRandom random, VirtualLinkOptions options, TraceLog trace, VirtualLink link, LinkSide sender, LinkSide receiver)
    {
        _loop = loop;
        _random = random;
        _options = options;
        _trace = trace;
        _link = link;
        _sender = sender;
        _receiver = receiver;
        _buffer = new TransitBuffer(options.WindowSize);
        _pieceSize = 1 + random.Magnitude(options.MaximumPieceSize - 1);
        if (random.Chance(options.ResetProbability)) _resetsAt = random.Magnitude(options.MaximumFaultPosition);
        if (random.Chance(options.TruncationProbability)) _truncatesAt = random.Magnitude(options.MaximumFaultPosition);
    }

    public int Readable => _buffer.Readable;

    /// <summary>Whether everything up to the end has arrived.</summary>
    public bool HasEndArrived { get; private set; }

    /// <summary>Whether the sender has ended it.</summary>
    public bool IsEnded { get; private set; }

    /// <returns>How many bytes have been taken: as many as there is room for.</returns>
    public int Send(ReadOnlySpan<byte> bytes)
    {
        int count = Math.Min(bytes.Length, _buffer.Room);
        bytes = bytes.Slice(0, count);
        if (count > 0) _trace.Add(_loop.Now, LinkEvent.Sent, _sender.Name, count);
        int kept = _isTruncated ? 0 : (int)Math.Min(count, _truncatesAt - _buffer.Written);
        int size = Math.Max(_pieceSize, kept / 64);
        for (int sent = 0; sent < kept; sent += size) SendPiece(bytes.Slice(sent, Math.Min(size, kept - sent)));
        if (!_isTruncated && _buffer.Written >= _truncatesAt) Truncate();
        if (_buffer.Written >= _resetsAt) _link.ResetByNetwork();
        return count;
    }

    /// <summary>Half-closes: the end arrives behind everything that was sent.</summary>
    public void End()
    {
        if (IsEnded) return;
        IsEnded = true;
        _trace.Add(_loop.Now, LinkEvent.EndSent, _sender.Name, 0);
        if (!_isTruncated) SendEnd();
    }

    public int ReadInto(Span<byte> destination)
    {
        int count = Math.Min(destination.Length, _buffer.Readable);
        if (count > 1 && _random.Chance(_options.CutProbability)) count = 1 + _random.Next(count);
        _buffer.ReadInto(destination.Slice(0, count));
        _trace.Add(_loop.Now, LinkEvent.Read, _receiver.Name, count);
        _sender.PendingWrite.Signal();
        return count;
    }

    private void SendPiece(ReadOnlySpan<byte> piece)
    {
        _buffer.Write(piece);
        _pieces.Enqueue(piece.Length);
        _lineFreeTicks = Math.Max(_loop.Now.Ticks, _lineFreeTicks);
        if (_options.BytesPerSecond > 0) _lineFreeTicks += piece.Length * TimeSpan.TicksPerSecond / _options.BytesPerSecond;
        ScheduleArrival(ArriveCallback);
    }

    private void SendEnd()
    {
        _lineFreeTicks = Math.Max(_loop.Now.Ticks, _lineFreeTicks);
        ScheduleArrival(ArriveEndCallback);
    }

    /// <summary>Two pieces never overtake each other.</summary>
    private void ScheduleArrival(Action<object?> callback)
    {
        TimeSpan latency = _options.MinimumLatency + _random.UpTo(_options.MaximumLatency - _options.MinimumLatency);
        if (_random.Chance(_options.StallProbability))
        {
            TimeSpan stall = _random.UpTo(_options.MaximumStall);
            _trace.Add(_loop.Now, LinkEvent.Stalled, _sender.Name, (long)stall.TotalMilliseconds);
            latency += stall;
        }

        _lastArrivalTicks = Math.Max(_lastArrivalTicks, _lineFreeTicks + latency.Ticks);
        _loop.After(new TimeSpan(_lastArrivalTicks - _loop.Now.Ticks), callback, this);
    }

    /// <summary>Of two pieces that arrive at the same moment the first in line comes first, whichever callback runs first.</summary>
    private void Arrive()
    {
        if (_link.IsReset) return;
        int count = _pieces.Dequeue();
        _buffer.Arrive(count);
        if (_receiver.IsDisposed)
        {
            _link.ResetBy(_receiver);
            return;
        }

        _trace.Add(_loop.Now, LinkEvent.Arrived, _receiver.Name, count);
        _receiver.PendingRead.Signal();
    }

    private void ArriveEnd()
    {
        // Of the same moment as the last piece, whose callback may run after this one.
        if (_pieces.Count > 0 && !_link.IsReset)
        {
            _loop.Schedule(ArriveEndCallback, this);
            return;
        }

        if (_link.IsReset || _receiver.IsDisposed) return;
        HasEndArrived = true;
        _trace.Add(_loop.Now, LinkEvent.EndArrived, _receiver.Name, 0);
        _receiver.PendingRead.Signal();
    }

    /// <summary>The receiver gets the end as if the sender had ended its output here, while the sender continues unaware.</summary>
    private void Truncate()
    {
        _isTruncated = true;
        _trace.Add(_loop.Now, LinkEvent.Truncated, _sender.Name, _buffer.Written);
        SendEnd();
    }
}
