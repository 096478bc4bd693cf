namespace StreamPipes.Fuzzing;

/// <summary>The bytes of the fuzzer, read as numbers. After the last there are zeros, so that every input means something.</summary>
internal sealed class FuzzBytes(byte[] bytes)
{
    private int _position;

    public bool IsAtEnd => _position >= bytes.Length;

    public byte Next() => _position < bytes.Length ? bytes[_position++] : (byte)0;

    /// <summary>A length: mostly a small one, sometimes one beyond the buffers of the library.</summary>
    public int NextLength()
    {
        int value = Next();
        return value < 224 ? value : (value - 223) * 1500;
    }

    public byte[] Take(int count)
    {
        count = Math.Min(count, bytes.Length - _position);
        byte[] taken = bytes[_position..(_position + count)];
        _position += count;
        return taken;
    }

    public byte[] Rest() => Take(bytes.Length);
}
