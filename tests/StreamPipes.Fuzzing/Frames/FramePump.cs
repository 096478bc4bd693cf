using System.IO.Pipelines;

namespace StreamPipes.Fuzzing.Frames;

/// <summary>A pipe into which the stream comes in pieces, on the thread of the reader; waits are cancelled in between.</summary>
internal sealed class FramePump
{
    private const int MostDisturbances = 64;

    private readonly Pipe _pipe = new(new PipeOptions(minimumSegmentSize: 16, pauseWriterThreshold: 0, readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));
    private readonly FramePlan _plan;
    private readonly Random _random;
    private readonly int _longest;
    private CancellationTokenSource _source = new();
    private int _disturbances;

    public FramePump(FramePlan plan)
    {
        _plan = plan;
        _random = new Random(plan.Cutting);
        _longest = 1 + (plan.Cutting % 40);
        if (!plan.IsDisturbed) _disturbances = MostDisturbances;
    }

    public PipeReader Reader => _pipe.Reader;

    public CancellationToken Token => _source.Token;

    /// <summary>How many bytes the pipe has been given.</summary>
    public int Sent { get; private set; }

    public bool HasEnded { get; private set; }

    /// <summary>While the reader waits: the next piece, or the end, or a cancellation.</summary>
    public void Step()
    {
        if (_disturbances < MostDisturbances && _random.Next(3) == 0)
        {
            _disturbances++;
            Cancel();
        }
        else
        {
            Send();
        }
    }

    /// <summary>While the reader does not wait: what the next wait will meet.</summary>
    public void Disturb()
    {
        if (_disturbances >= MostDisturbances || _random.Next(4) > 0) return;
        _disturbances++;
        if (_random.Next(2) == 0 && Sent < _plan.Wire.Length) Send();
        Cancel();
    }

    /// <summary>After a wait that was cancelled.</summary>
    public void Renew()
    {
        if (!_source.IsCancellationRequested) return;
        _source.Dispose();
        _source = new CancellationTokenSource();
    }

    /// <summary>What the frame reader has left, to the end.</summary>
    public byte[] Drain(bool isAtHand)
    {
        if (isAtHand)
        {
            FoundException.Unless(_pipe.Reader.TryRead(out ReadResult atHand), "what is left is not given at once");
            _pipe.Reader.AdvanceTo(atHand.Buffer.Start);
        }

        while (!HasEnded) Send();
        while (true)
        {
            ReadResult result = Parsers.Now.Of(_pipe.Reader.ReadAsync());
            if (result.IsCompleted) return System.Buffers.BuffersExtensions.ToArray(result.Buffer);
            _pipe.Reader.AdvanceTo(result.Buffer.Start);
        }
    }

    private void Cancel()
    {
        if (_random.Next(2) == 0) _source.Cancel();
        else _pipe.Reader.CancelPendingRead();
    }

    private void Send()
    {
        FoundException.Unless(!HasEnded, "the reader waits after the end");
        if (Sent == _plan.Wire.Length)
        {
            HasEnded = true;
            _pipe.Writer.Complete();
            return;
        }

        int count = Math.Min(_plan.Wire.Length - Sent, 1 + _random.Next(_longest));
        ReadOnlyMemory<byte> piece = _plan.Wire.AsMemory(Sent, count);
        Sent += count;
        Parsers.Now.Of(_pipe.Writer.WriteAsync(piece));
    }
}
