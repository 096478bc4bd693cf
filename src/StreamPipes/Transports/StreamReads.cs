using System.Runtime.InteropServices;

namespace StreamPipes.Transports;

/// <summary>Reads a stream by the best method it has.</summary>
internal sealed class StreamReads
{
    private readonly Stream _stream;
    private readonly bool _blocking;
    private byte[]? _bounce;

    public StreamReads(Stream stream)
    {
        _stream = stream;
        _blocking = StreamTraits.HasOnlyBlockingReads(stream);
    }

    /// <summary>What a stream says that does not keep its side is an error, and must not pass for bytes, or for none yet.</summary>
    public static int Checked(int read, int length) =>
        (uint)read <= (uint)length ? read : throw new InvalidOperationException($"The stream says that it has read {read} bytes into a buffer of {length}.");

    public ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
#if NET
        if (!_blocking) return _stream.ReadAsync(buffer, cancellationToken);
#endif
        if (MemoryMarshal.TryGetArray(buffer, out ArraySegment<byte> segment)) return new ValueTask<int>(ReadArrayAsync(segment, cancellationToken));
        return ReadNativeAsync(buffer, cancellationToken);
    }

    private Task<int> ReadArrayAsync(ArraySegment<byte> segment, CancellationToken cancellationToken)
    {
        byte[] array = segment.Array ?? [];
        return _blocking
            ? Task.Run(() => _stream.Read(array, segment.Offset, segment.Count), cancellationToken)
            : _stream.ReadAsync(array, segment.Offset, segment.Count, cancellationToken);
    }

    /// <summary>Memory that is no array goes by way of one, where the stream takes only arrays.</summary>
    private async ValueTask<int> ReadNativeAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_bounce is null || _bounce.Length < buffer.Length) _bounce = new byte[buffer.Length];
        int read = await ReadArrayAsync(new ArraySegment<byte>(_bounce, 0, buffer.Length), cancellationToken).ConfigureAwait(false);
        _bounce.AsMemory(0, read).CopyTo(buffer);
        return read;
    }
}
