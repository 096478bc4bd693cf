using System.Buffers;

namespace RedisTls;

/// <summary>
/// Copies one announced bulk string from the buffers it arrives in straight to the array it ends up in. What has been copied is consumed, so
/// a 3 MiB value never piles up in the pipe and no byte is looked at twice.
/// </summary>
internal sealed class BulkAssembler
{
    /// <summary>Up to here the length is believed at once; beyond, memory is spent only as bytes really arrive.</summary>
    private const int TrustedLength = 4 * 1024 * 1024;

    private byte[] _bytes = [];
    private int _length;
    private int _filled;

    /// <summary>Whether a bulk string has been announced and is not complete yet.</summary>
    public bool IsOpen { get; private set; }

    public void Open(int length)
    {
        IsOpen = true;
        _length = length;
        _filled = 0;
        _bytes = length == 0 ? [] : GC.AllocateUninitializedArray<byte>(Math.Min(length, TrustedLength));
    }

    public bool TryComplete(ref ReadOnlySequence<byte> buffer, out byte[] bytes)
    {
        bytes = [];
        while (_filled < _length)
        {
            if (buffer.IsEmpty) return false;
            if (_filled == _bytes.Length) Array.Resize(ref _bytes, (int)Math.Min(_length, 2L * _bytes.Length));
            int count = (int)Math.Min(_bytes.Length - _filled, buffer.Length);
            buffer.Slice(0, count).CopyTo(_bytes.AsSpan(_filled));
            buffer = buffer.Slice(count);
            _filled += count;
        }

        if (buffer.Length < 2) return false;
        Span<byte> end = stackalloc byte[2];
        buffer.Slice(0, 2).CopyTo(end);
        if (!end.SequenceEqual("\r\n"u8)) throw new ProtocolException("A bulk string is not followed by CR LF.");
        buffer = buffer.Slice(2);
        bytes = _bytes;
        _bytes = [];
        IsOpen = false;
        return true;
    }
}
