using System.Buffers;
using System.Runtime.InteropServices;

namespace StreamPipes.Common.Polyfills;

/// <summary>
/// The members of <see cref="Stream"/> that take memory and spans, and its asynchronous dispose. What is not an array is copied by way of one, which is
/// cleared before anything else can rent it, and left to the garbage collector where the stream may still be at work in it.
/// </summary>
internal static class StreamExtensions
{
    public static ValueTask<int> ReadAsync(this Stream stream, Memory<byte> buffer, CancellationToken cancellationToken) =>
        MemoryMarshal.TryGetArray(buffer, out ArraySegment<byte> segment)
            ? new ValueTask<int>(stream.ReadAsync(segment.Array ?? [], segment.Offset, segment.Count, cancellationToken))
            : ReadCopyAsync(stream, buffer, cancellationToken);

    public static ValueTask WriteAsync(this Stream stream, ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken) =>
        MemoryMarshal.TryGetArray(buffer, out ArraySegment<byte> segment)
            ? new ValueTask(stream.WriteAsync(segment.Array ?? [], segment.Offset, segment.Count, cancellationToken))
            : WriteCopyAsync(stream, buffer, cancellationToken);

    public static int Read(this Stream stream, Span<byte> buffer)
    {
        byte[] array = ArrayPool<byte>.Shared.Rent(buffer.Length);
        int read = stream.Read(array, 0, buffer.Length);
        array.AsSpan(0, read).CopyTo(buffer);
        Return(array);
        return read;
    }

    public static void Write(this Stream stream, ReadOnlySpan<byte> buffer)
    {
        byte[] array = ArrayPool<byte>.Shared.Rent(buffer.Length);
        buffer.CopyTo(array);
        stream.Write(array, 0, buffer.Length);
        Return(array);
    }

    public static ValueTask DisposeAsync(this Stream stream)
    {
        if (stream is IAsyncDisposable disposable) return disposable.DisposeAsync();
        stream.Dispose();
        return default;
    }

    private static async ValueTask<int> ReadCopyAsync(Stream stream, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        byte[] array = ArrayPool<byte>.Shared.Rent(buffer.Length);
        int read = await stream.ReadAsync(array, 0, buffer.Length, cancellationToken).ConfigureAwait(false);
        array.AsMemory(0, read).CopyTo(buffer);
        Return(array);
        return read;
    }

    private static async ValueTask WriteCopyAsync(Stream stream, ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        byte[] array = ArrayPool<byte>.Shared.Rent(buffer.Length);
        buffer.CopyTo(array);
        await stream.WriteAsync(array, 0, buffer.Length, cancellationToken).ConfigureAwait(false);
        Return(array);
    }

    private static void Return(byte[] array) => ArrayPool<byte>.Shared.Return(array, clearArray: true);
}
