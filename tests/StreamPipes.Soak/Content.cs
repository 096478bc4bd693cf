using System.Buffers;
using System.Buffers.Binary;

namespace StreamPipes.Soak;

/// <summary>
/// The bytes of one direction: a keyed hash of their position. Either end computes them, so that the receiver checks each byte when it
/// comes, and a byte that is lost, doubled or swapped shows at once.
/// </summary>
internal sealed class Content(ulong key)
{
    private readonly byte[] _expected = new byte[4096];
    private long _position;

    /// <summary>How many bytes have been made, or checked.</summary>
    public long Position => Volatile.Read(ref _position);

    public void Fill(Span<byte> destination)
    {
        Make(destination, _position);
        Volatile.Write(ref _position, _position + destination.Length);
    }

    public void Check(in ReadOnlySequence<byte> received)
    {
        foreach (ReadOnlyMemory<byte> memory in received) Check(memory.Span);
    }

    public void Check(ReadOnlySpan<byte> received)
    {
        while (!received.IsEmpty)
        {
            Span<byte> expected = _expected.AsSpan(0, Math.Min(received.Length, _expected.Length));
            Make(expected, _position);
            int same = expected.CommonPrefixLength(received);
            if (same < expected.Length) throw new SoakException($"byte {_position + same} is {received[same]:x2} and should be {expected[same]:x2}");
            Volatile.Write(ref _position, _position + expected.Length);
            received = received[expected.Length..];
        }
    }

    private void Make(Span<byte> destination, long position)
    {
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        while (!destination.IsEmpty)
        {
            int offset = (int)(position % sizeof(ulong));
            BinaryPrimitives.WriteUInt64LittleEndian(word, Hash.Of(key, (ulong)(position / sizeof(ulong))));
            int count = Math.Min(sizeof(ulong) - offset, destination.Length);
            word.Slice(offset, count).CopyTo(destination);
            destination = destination[count..];
            position += count;
        }
    }
}
