namespace StreamPipes.Common;

/// <summary>Argument checks of <see cref="Stream"/>, with its parameter names.</summary>
internal static class StreamArguments
{
    public static void Check(byte[] buffer, int offset, int count)
    {
        if (buffer is null) throw new ArgumentNullException(nameof(buffer));
        if (offset < 0) throw new ArgumentOutOfRangeException(nameof(offset), offset, "An offset is zero or more.");
        if (count < 0 || count > buffer.Length - offset) throw new ArgumentOutOfRangeException(nameof(count), count, "Offset and count must lie within the buffer.");
    }

    public static void CheckCopy(Stream destination, int bufferSize)
    {
        if (destination is null) throw new ArgumentNullException(nameof(destination));
        if (bufferSize <= 0) throw new ArgumentOutOfRangeException(nameof(bufferSize), bufferSize, "A buffer size is one or more.");
        if (destination.CanWrite) return;
        if (destination.CanRead) throw new NotSupportedException("The destination stream cannot be written.");
        throw new ObjectDisposedException(nameof(destination), "The destination stream is closed.");
    }
}
