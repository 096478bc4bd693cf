namespace RedisTls;

/// <summary>An array, map, set, push or attribute whose items are still arriving.</summary>
internal sealed class RespAggregate(RespKind kind, int count, RespValue? attributes)
{
    /// <summary>A header costs the peer four bytes: memory for the items is not spent on its word alone.</summary>
    private const int TrustedCount = 1024;

    private readonly List<RespValue> _items = new(Math.Min(count, TrustedCount));

    public RespKind Kind => kind;

    public bool IsFull => _items.Count == count;

    public void Add(RespValue item) => _items.Add(item);

    public RespValue ToValue() => RespValue.Collection(kind, [.. _items]).WithAttributes(attributes);
}
