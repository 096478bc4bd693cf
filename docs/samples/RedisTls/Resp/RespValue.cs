using System.Globalization;
using System.Numerics;
using System.Text;

namespace RedisTls;

/// <summary>One reply, whatever its type. It owns its memory and stays valid when the buffer it was parsed from is gone.</summary>
internal sealed class RespValue
{
    private readonly object? _data;
    private readonly long _integer;

    private RespValue(RespKind kind, object? data = null, long integer = 0, RespValue? attributes = null)
    {
        Kind = kind;
        Attributes = attributes;
        _data = data;
        _integer = integer;
    }

    public static RespValue Null { get; } = new(RespKind.Null);

    public static RespValue Ok { get; } = Simple("OK");

    public static RespValue Pong { get; } = Simple("PONG");

    public RespKind Kind { get; }

    /// <summary>The map of remarks that the server sent ahead of this value, or <see langword="null"/>.</summary>
    public RespValue? Attributes { get; }

    public bool IsNull => Kind == RespKind.Null;

    public bool IsError => Kind is RespKind.Error or RespKind.BlobError;

    /// <summary>The bytes of a bulk or verbatim string or a blob error, not copied.</summary>
    public ReadOnlyMemory<byte> Bytes => _data as byte[] ?? throw Mismatch("bytes");

    /// <summary>Any kind of string, error or number as text.</summary>
    public string Text => _data switch
    {
        string text => text,
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        BigInteger number => number.ToString(CultureInfo.InvariantCulture),
        _ when Kind == RespKind.Integer => _integer.ToString(CultureInfo.InvariantCulture),
        _ when Kind == RespKind.Double => RespNumber.Format(Double),
        _ => throw Mismatch("text"),
    };

    public long Integer => Kind == RespKind.Integer ? _integer : throw Mismatch("an integer");

    public bool Boolean => Kind == RespKind.Boolean ? _integer != 0 : throw Mismatch("a boolean");

    public double Double => Kind == RespKind.Double ? BitConverter.Int64BitsToDouble(_integer) : throw Mismatch("a double");

    public BigInteger BigNumber => _data is BigInteger number ? number : throw Mismatch("a big number");

    /// <summary>The three letters that say what a verbatim string is written in, such as <c>txt</c>.</summary>
    public string Format => Kind == RespKind.VerbatimString ? VerbatimFormat.FromInteger(_integer) : throw Mismatch("a verbatim string");

    /// <summary>The elements of an array, set or push; of a map its keys and values in turn.</summary>
    public IReadOnlyList<RespValue> Items => _data as RespValue[] ?? throw Mismatch("a collection");

    public static RespValue Simple(string text) => new(RespKind.SimpleString, text);

    public static RespValue Error(string message) => new(RespKind.Error, message);

    public static RespValue Number(long value) => new(RespKind.Integer, integer: value);

    public static RespValue Logical(bool value) => new(RespKind.Boolean, integer: value ? 1 : 0);

    public static RespValue Real(double value) => new(RespKind.Double, integer: BitConverter.DoubleToInt64Bits(value));

    public static RespValue Big(BigInteger value) => new(RespKind.BigNumber, value);

    public static RespValue Bulk(byte[] bytes) => new(RespKind.BulkString, bytes);

    public static RespValue Bulk(string text) => new(RespKind.BulkString, Encoding.UTF8.GetBytes(text));

    public static RespValue BlobError(byte[] bytes) => new(RespKind.BlobError, bytes);

    public static RespValue Verbatim(string format, byte[] bytes) => new(RespKind.VerbatimString, bytes, VerbatimFormat.ToInteger(format));

    public static RespValue Collection(RespKind kind, params RespValue[] items) => new(kind, items);

    public RespValue WithAttributes(RespValue? attributes) => attributes is null ? this : new(Kind, _data, _integer, attributes);

    public override string ToString() => RespText.Of(this);

    private InvalidOperationException Mismatch(string wanted) =>
        new($"The reply is of the kind {Kind}, not {wanted}.");
}
