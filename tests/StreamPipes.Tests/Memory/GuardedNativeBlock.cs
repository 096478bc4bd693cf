using System.Buffers;
using System.Runtime.InteropServices;

namespace StreamPipes.Tests.Memory;

/// <summary>A block of <see cref="GuardedNativePool"/>.</summary>
internal sealed unsafe class GuardedNativeBlock : MemoryManager<byte>
{
    public const string WrittenOutside = "written outside the block";

    private const int GuardSize = 64;
    private const byte Guard = 0xA5;
    private const byte Poison = 0xAA;

    private readonly byte* _start;
    private readonly int _length;
    private readonly Action<string?> _returned;
    private int _disposed;

    public GuardedNativeBlock(int length, Action<string?> returned)
    {
        _length = length;
        _returned = returned;
        _start = (byte*)NativeMemory.Alloc((nuint)(length + (2 * GuardSize)));
        Before.Fill(Guard);
        Behind.Fill(Guard);
        new Span<byte>(_start + GuardSize, length).Fill(Poison);
    }

    private Span<byte> Before => new(_start, GuardSize);

    private Span<byte> Behind => new(_start + GuardSize + _length, GuardSize);

    public override Span<byte> GetSpan()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        return new Span<byte>(_start + GuardSize, _length);
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

    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            _returned("returned twice");
            return;
        }

        bool isIntact = !Before.ContainsAnyExcept(Guard) && !Behind.ContainsAnyExcept(Guard);
        NativeMemory.Free(_start);
        _returned(isIntact ? null : WrittenOutside);
    }
}
