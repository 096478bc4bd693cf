using System.Buffers;
using System.IO.Pipelines;

namespace StreamPipes.Framing.Tests.Testing;

/// <summary>
/// A pipe reader that gives a stream in pieces of given sizes, one more with each read that has examined everything before, and after the last piece the end.
/// Each piece is a segment of its own. It is strict: a read without an advance, a position outside of the buffer or a token that is cancelled throws. What is
/// consumed is overwritten, so that a frame which is used after its time is noticed.
/// </summary>
internal sealed class PieceReader : PipeReader
{
    private const byte Poison = 0xAA;

    private readonly Queue<byte[]> _pieces = new();
    private readonly bool _endsWithLastPiece;
    private Piece? _first;
    private Piece? _last;
    private int _start;
    private long _examined;
    private bool _isReading;
    private bool _cancelsNext;

    /// <param name="stream">All bytes.</param>
    /// <param name="sizes">The sizes of the pieces; the last one is used for what is left. 0 is an empty segment.</param>
    /// <param name="endsWithLastPiece">Whether the read that gives the last piece says that the stream has ended.</param>
    public PieceReader(byte[] stream, IReadOnlyList<int> sizes, bool endsWithLastPiece = false)
    {
        _endsWithLastPiece = endsWithLastPiece;
        for (int i = 0, from = 0; from < stream.Length; i++)
        {
            int size = Math.Min(i < sizes.Count ? sizes[i] : Math.Max(1, sizes[^1]), stream.Length - from);
            _pieces.Enqueue(stream[from..(from + size)]);
            from += size;
        }
    }

    public bool IsReading => _isReading;

    /// <summary>How many bytes are given and not consumed.</summary>
    public long Unconsumed => _last is null ? 0 : _last.RunningIndex + _last.Memory.Length - _first!.RunningIndex - _start;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new ValueTask<ReadResult>(Read());
    }

    /// <summary>A piece is there whenever it is asked for.</summary>
    public override bool TryRead(out ReadResult result)
    {
        result = Read();
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (!_isReading) throw new InvalidOperationException("There is no read to advance.");
        _isReading = false;
        ReadOnlySequence<byte> buffer = Buffer();
        if (buffer.IsEmpty && consumed.GetObject() is null) return;
        long count = buffer.Slice(buffer.Start, consumed).Length;
        _examined = buffer.Slice(consumed, examined).Length;
        while (count > 0)
        {
            int here = (int)Math.Min(count, _first!.Memory.Length - _start);
            _first.Bytes.AsSpan(_start, here).Fill(Poison);
            _start += here;
            count -= here;
            if (_start < _first.Memory.Length || _first.Next is null) continue;
            _first = (Piece)_first.Next;
            _start = 0;
        }
    }

    public override void CancelPendingRead() => _cancelsNext = true;

    public override void Complete(Exception? exception = null) => _pieces.Clear();

    private ReadResult Read()
    {
        if (_isReading) throw new InvalidOperationException("The last read was not advanced.");
        _isReading = true;
        if (_cancelsNext)
        {
            _cancelsNext = false;
            return new ReadResult(Buffer(), isCanceled: true, isCompleted: false);
        }

        // A reader that has left something unexamined gets that again.
        if (_examined >= Unconsumed && _pieces.TryDequeue(out byte[]? bytes)) Append(bytes);
        bool isCompleted = _pieces.Count == 0 && (_endsWithLastPiece || _examined >= Unconsumed);
        return new ReadResult(Buffer(), isCanceled: false, isCompleted);
    }

    private ReadOnlySequence<byte> Buffer() => _first is null ? default : new ReadOnlySequence<byte>(_first, _start, _last!, _last!.Memory.Length);

    private void Append(byte[] bytes)
    {
        _last = new Piece(bytes, _last);
        if (_first is not null) return;
        _first = _last;
        _start = 0;
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(byte[] bytes, Piece? before)
        {
            Bytes = bytes;
            Memory = bytes;
            if (before is null) return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }

        public byte[] Bytes { get; }
    }
}
