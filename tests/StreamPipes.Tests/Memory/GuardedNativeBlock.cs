using System.Buffers;
using System.Runtime.InteropServices;

namespace StreamPipes.Tests.Memory;

/// <summary>A block of <see cref="GuardedNativePool"/>: poisoned when it is given out and when it comes back, and freed only by the pool, which looks at it before.</summary>
internal sealed unsafe class GuardedNativeBlock : MemoryManager<byte>
{
    private const int GuardSize = 64;
    private const byte Guard = 0xA5;
    private const byte Poison = 0xAA;

    private readonly byte* _start;
    private readonly int _length;
    private readonly GuardedNativePool _pool;
    private int _disposed;

    public GuardedNativeBlock(int length, GuardedNativePool pool)
    {
        _length = length;
        _pool = pool;
        _start = (byte*)NativeMemory.Alloc((nuint)(length + (2 * GuardSize)));
        Before.Fill(Guard);
        Behind.Fill(Guard);
        Content.Fill(Poison);
    }

    private Span<byte> Before => new(_start, GuardSize);

    private Span<byte> Content => new(_start + GuardSize, _length);

    private Span<byte> Behind => new(_start + GuardSize + _length, GuardSize);

    public override Span<byte> GetSpan()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        return Content;
    }

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        return new MemoryHandle(_start + GuardSize + elementIndex);
    }

    public override void Unpin()
    {
        // Native memory does not move.
    }

    /// <summary>Once, after the return.</summary>
    /// <returns>What was done to the block that is not allowed.</returns>
    public string? Free()
    {
        string? misuse = null;
        if (Content.ContainsAnyExcept(Poison)) misuse = "written after its return";
        if (Before.ContainsAnyExcept(Guard) || Behind.ContainsAnyExcept(Guard)) misuse = "written outside the block";
        NativeMemory.Free(_start);
        return misuse;
    }

    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            _pool.NoteSecondReturn();
            return;
        }

        Content.Fill(Poison);
        _pool.Return(this);
    }
}
