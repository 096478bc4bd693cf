using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace StreamPipes.Tests.Conformance;

/// <summary>Reads and writes in each flavour. The array flavours use an array that is larger on both sides, and look that it stays so.</summary>
internal static class StreamFlavours
{
    private const int Margin = 5;

    public static Task<int> ReadAsync(Stream stream, Memory<byte> buffer, ReadFlavour flavour) => flavour switch
    {
        ReadFlavour.Array => WithMarginsAsync(buffer, (array, offset, count) => Task.Run(() => stream.Read(array, offset, count))),
        ReadFlavour.Span => Task.Run(() => stream.Read(buffer.Span)),
        ReadFlavour.SingleByte => Task.Run(() => ReadByte(stream, buffer)),
        ReadFlavour.ArrayAsync => WithMarginsAsync(buffer, stream.ReadAsync),
        ReadFlavour.MemoryAsync => stream.ReadAsync(buffer).AsTask(),
        ReadFlavour.BeginEnd => WithMarginsAsync(buffer, (array, offset, count) => Task.Factory.FromAsync(stream.BeginRead, stream.EndRead, array, offset, count, state: null)),
        ReadFlavour.ReadExactly => ReadExactlyAsync(stream, buffer),
        _ => stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false).AsTask(),
    };

    public static Task WriteAsync(Stream stream, ReadOnlyMemory<byte> bytes, WriteFlavour flavour)
    {
        byte[] array = [.. new byte[Margin], .. bytes.Span, .. new byte[Margin]];
        return flavour switch
        {
            WriteFlavour.Array => Task.Run(() => stream.Write(array, Margin, bytes.Length)),
            WriteFlavour.Span => Task.Run(() => stream.Write(bytes.Span)),
            WriteFlavour.SingleByte => Task.Run(() => WriteBytes(stream, bytes)),
            WriteFlavour.ArrayAsync => stream.WriteAsync(array, Margin, bytes.Length),
            WriteFlavour.MemoryAsync => stream.WriteAsync(bytes).AsTask(),
            _ => Task.Factory.FromAsync(stream.BeginWrite, stream.EndWrite, array, Margin, bytes.Length, state: null),
        };
    }

    private static int ReadByte(Stream stream, Memory<byte> buffer)
    {
        int read = stream.ReadByte();
        if (read < 0) return 0;
        buffer.Span[0] = (byte)read;
        return 1;
    }

    private static void WriteBytes(Stream stream, ReadOnlyMemory<byte> bytes)
    {
        foreach (byte value in bytes.Span) stream.WriteByte(value);
    }

    private static async Task<int> ReadExactlyAsync(Stream stream, Memory<byte> buffer)
    {
        await stream.ReadExactlyAsync(buffer);
        return buffer.Length;
    }

    private static async Task<int> WithMarginsAsync(Memory<byte> buffer, Func<byte[], int, int, Task<int>> read)
    {
        byte[] array = new byte[Margin + buffer.Length + Margin];
        array.AsSpan().Fill(0x5A);
        int count = await read(array, Margin, buffer.Length);
        array[..Margin].Should().AllBeEquivalentTo((byte)0x5A);
        array[(Margin + count)..].Should().AllBeEquivalentTo((byte)0x5A);
        array.AsSpan(Margin, count).CopyTo(buffer.Span);
        return count;
    }
}

/// <summary>The ways a <see cref="Stream"/> can be read.</summary>
public enum ReadFlavour
{
    Array,
    Span,
    SingleByte,
    ArrayAsync,
    MemoryAsync,
    BeginEnd,
    ReadExactly,
    ReadAtLeastAsync,
}

/// <summary>The ways a <see cref="Stream"/> can be written.</summary>
public enum WriteFlavour
{
    Array,
    Span,
    SingleByte,
    ArrayAsync,
    MemoryAsync,
    BeginEnd,
}

/// <summary>Every <see cref="ReadFlavour"/> with every <see cref="WriteFlavour"/>.</summary>
public sealed class CombinatorialFlavoursAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker)
    {
        IEnumerable<ITheoryDataRow> rows =
            from read in Enum.GetValues<ReadFlavour>()
            from write in Enum.GetValues<WriteFlavour>()
            select new TheoryDataRow<ReadFlavour, WriteFlavour>(read, write);
        return new ValueTask<IReadOnlyCollection<ITheoryDataRow>>([.. rows]);
    }

    public override bool SupportsDiscoveryEnumeration() => true;
}
