using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace RedisTls;

/// <summary>
/// Reads RESP2 and RESP3 values from whatever pieces they arrive in. It keeps its place between calls: all that was understood is consumed,
/// also in the middle of a value, so the work grows with the bytes and not with the number of reads.
/// </summary>
internal sealed class RespParser(RespLimits limits)
{
    private readonly LineScanner _lines = new(limits.MaxLineLength);
    private readonly BulkAssembler _bulk = new();
    private readonly Stack<RespAggregate> _open = new();
    private RespKind _bulkKind;
    private RespValue? _attributes;
    private long _elements;
    private long _bytes;

    /// <summary>Whether a value has begun and is not complete. The end of the stream is clean only while this is false.</summary>
    public bool IsInsideValue => _bulk.IsOpen || _open.Count > 0 || _attributes is not null;

    /// <summary>
    /// Takes the next whole value off the front of <paramref name="buffer"/>. When it returns false, the rest of the buffer has been examined
    /// and more is needed: advance the reader to the buffer's start (consumed) and end (examined).
    /// </summary>
    /// <exception cref="ProtocolException">The bytes are no RESP, or beyond the limits.</exception>
    public bool TryParse(ref ReadOnlySequence<byte> buffer, [NotNullWhen(true)] out RespValue? value)
    {
        while (TryReadPart(ref buffer, out RespValue? part))
        {
            value = part is null ? null : Fit(part);
            if (value is null) continue;
            _elements = 0;
            _bytes = 0;
            return true;
        }

        value = null;
        return false;
    }

    /// <summary>Reads a scalar, or opens an aggregate and gives <see langword="null"/>.</summary>
    private bool TryReadPart(ref ReadOnlySequence<byte> buffer, out RespValue? part)
    {
        part = null;
        if (!_bulk.IsOpen)
        {
            if (buffer.IsEmpty) return false;
            byte type = buffer.Peek();
            RespKind kind = KindOf(type);
            if (!_lines.TryRead(ref buffer, out ReadOnlySequence<byte> line)) return false;
            part = Begin(kind, line.Slice(1));
            if (!_bulk.IsOpen) return true;
        }

        if (!_bulk.TryComplete(ref buffer, out byte[] bytes)) return false;
        part = Remarked(FromBulk(_bulkKind, bytes));
        return true;
    }

    /// <summary>Puts a complete part where it belongs; gives the outermost value once that is complete.</summary>
    private RespValue? Fit(RespValue part)
    {
        while (_open.TryPeek(out RespAggregate? parent))
        {
            parent.Add(part);
            if (!parent.IsFull) return null;
            _open.Pop();
            part = parent.ToValue();
            if (parent.Kind != RespKind.Attribute) continue;
            _attributes = part;
            return null;
        }

        return part;
    }

    private RespValue? Begin(RespKind kind, in ReadOnlySequence<byte> line)
    {
        if (kind is RespKind.Array or RespKind.Map or RespKind.Set or RespKind.Push or RespKind.Attribute) return BeginAggregate(kind, line);
        if (kind is not (RespKind.BulkString or RespKind.BlobError or RespKind.VerbatimString)) return Remarked(Scalar(kind, line));
        if (ReadLength(kind, line) is not int length) return Remarked(RespValue.Null);
        _bytes += length;
        if (_bytes > limits.MaxBytes) throw new ProtocolException(FormattableString.Invariant($"A reply carries more than {limits.MaxBytes} bytes."));
        _bulkKind = kind;
        _bulk.Open(length);
        return null;
    }

    private RespValue? BeginAggregate(RespKind kind, in ReadOnlySequence<byte> line)
    {
        if (ReadLength(kind, line) is not int length) return Remarked(RespValue.Null);
        long count = kind is RespKind.Map or RespKind.Attribute ? 2L * length : length;
        _elements += Math.Max(1, count);
        if (_elements > limits.MaxElements)
            throw new ProtocolException(FormattableString.Invariant($"A reply holds more than {limits.MaxElements} values."));

        if (_open.Count == limits.MaxDepth)
            throw new ProtocolException(FormattableString.Invariant($"A reply is nested deeper than {limits.MaxDepth} levels."));

        RespValue? attributes = kind == RespKind.Attribute ? null : TakeAttributes();
        if (count > 0) _open.Push(new RespAggregate(kind, (int)count, attributes));
        else if (kind != RespKind.Attribute) return RespValue.Collection(kind).WithAttributes(attributes);
        return null;
    }

    private static RespValue Scalar(RespKind kind, in ReadOnlySequence<byte> line) => kind switch
    {
        RespKind.SimpleString => line.Length == 2 && line.FirstSpan.SequenceEqual("OK"u8) ? RespValue.Ok : RespValue.Simple(Encoding.UTF8.GetString(line)),
        RespKind.Error => RespValue.Error(Encoding.UTF8.GetString(line)),
        RespKind.Integer when RespNumber.TryParse(line, out long number) => RespValue.Number(number),
        RespKind.Boolean when line.Length == 1 && line.Peek() is (byte)'t' or (byte)'f' => RespValue.Logical(line.Peek() == (byte)'t'),
        RespKind.Double => RespValue.Real(RespNumber.ParseDouble(line)),
        RespKind.BigNumber => RespValue.Big(RespNumber.ParseBig(line)),
        RespKind.Null when line.IsEmpty => RespValue.Null,
        _ => throw new ProtocolException($"'{Excerpt.Of(line)}' is no value of the kind {kind}."),
    };

    private static RespValue FromBulk(RespKind kind, byte[] bytes)
    {
        if (kind == RespKind.BulkString) return RespValue.Bulk(bytes);
        if (kind == RespKind.BlobError) return RespValue.BlobError(bytes);
        (string format, byte[] text) = VerbatimFormat.Split(bytes);
        return RespValue.Verbatim(format, text);
    }

    /// <summary>The length in a header; <see langword="null"/> for -1, which RESP2 uses for "no such value".</summary>
    private static int? ReadLength(RespKind kind, in ReadOnlySequence<byte> line)
    {
        if (!RespNumber.TryParse(line, out long length) || length is < -1 or > int.MaxValue)
            throw new ProtocolException($"'{Excerpt.Of(line)}' is no length of a value of the kind {kind}.");
        if (length >= 0) return (int)length;
        return kind is RespKind.BulkString or RespKind.Array ? null : throw new ProtocolException($"A value of the kind {kind} cannot have the length -1.");
    }

    private RespValue Remarked(RespValue value) => value.WithAttributes(TakeAttributes());

    private RespValue? TakeAttributes()
    {
        RespValue? attributes = _attributes;
        _attributes = null;
        return attributes;
    }

    private static RespKind KindOf(byte type) => type switch
    {
        (byte)'+' => RespKind.SimpleString,
        (byte)'-' => RespKind.Error,
        (byte)':' => RespKind.Integer,
        (byte)'$' => RespKind.BulkString,
        (byte)'*' => RespKind.Array,
        (byte)'_' => RespKind.Null,
        (byte)'#' => RespKind.Boolean,
        (byte)',' => RespKind.Double,
        (byte)'(' => RespKind.BigNumber,
        (byte)'!' => RespKind.BlobError,
        (byte)'=' => RespKind.VerbatimString,
        (byte)'%' => RespKind.Map,
        (byte)'~' => RespKind.Set,
        (byte)'>' => RespKind.Push,
        (byte)'|' => RespKind.Attribute,
        _ => throw new ProtocolException($"No RESP value begins with '{Excerpt.Of(type)}'."),
    };
}
