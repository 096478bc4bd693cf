using System.Buffers;
using System.Runtime.InteropServices;

namespace StreamPipes.Tests.Testing;

/// <summary>A block of <see cref="NativeMemoryPool"/>.</summary>
internal sealed unsafe class NativeBlock(int length, Action returned) : MemoryManager<byte>
{
    private readonly byte* _pointer = (byte*)NativeMemory.AllocZeroed((nuint)length);
    private int _disposed;

    public override Span<byte> GetSpan()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        return new Span<byte>(_pointer, length);
    }

    public override MemoryHandle Pin(int elementIndex = 0) => new(_pointer + elementIndex);

    public override void Unpin()
    {
        // Native memory does not move.
    }

    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        NativeMemory.Free(_pointer);
        returned();
    }
}
