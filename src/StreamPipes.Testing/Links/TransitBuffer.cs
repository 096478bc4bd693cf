namespace StreamPipes.Testing.Links;

/// <summary>The bytes of one direction, by their positions: read &lt;= arrived &lt;= written.</summary>
internal sealed class TransitBuffer
{
    private readonly int _capacity;
    private byte[] _bytes = [];

    public TransitBuffer(int capacity) => _capacity = capacity;

    public long Written { get; private set; }

    public long Arrived { get; private set; }

    public long Read { get; private set; }

    public int Readable => (int)(Arrived - Read);

    public int Room => _capacity - (int)(Written - Read);

    public void Write(ReadOnlySpan<byte> bytes)
    {
        EnsureRoom(bytes.Length);
        int at = (int)(Written % _bytes.Length);
        int first = Math.Min(bytes.Length, _bytes.Length - at);
        bytes.Slice(0, first).CopyTo(_bytes.AsSpan(at));
        bytes.Slice(first).CopyTo(_bytes);
        Written += bytes.Length;
    }

    public void Arrive(int count) => Arrived += count;

    public void ReadInto(Span<byte> destination)
    {
        int at = (int)(Read % _bytes.Length);
        int first = Math.Min(destination.Length, _bytes.Length - at);
        _bytes.AsSpan(at, first).CopyTo(destination);
        _bytes.AsSpan(0, destination.Length - first).CopyTo(destination.Slice(first));
        Read += destination.Length;
    }

    private void EnsureRoom(int count)
    {
        int used = (int)(Written - Read);
        if (used + count <= _bytes.Length) return;
        byte[] bytes = new byte[Math.Min(_capacity, Math.Max(256, Math.Max(used + count, 2 * _bytes.Length)))];
        for (long position = Read; position < Written; position++) bytes[position % bytes.Length] = _bytes[position % _bytes.Length];
        _bytes = bytes;
    }
}
