using System.Buffers;
using SpoaAgent;

namespace StreamPipes.Samples.Tests.SpoaAgent;

/// <summary>The integers of the protocol.</summary>
public sealed class VarintTests
{
    public static TheoryData<ulong, int> Boundaries => new()
    {
        { 0, 1 }, { 1, 1 }, { 239, 1 }, { 240, 2 }, { 2287, 2 }, { 2288, 3 }, { 264431, 3 }, { 264432, 4 }, { 33818863, 4 }, { 33818864, 5 },
        { 4328786159, 5 }, { 4328786160, 6 }, { long.MaxValue, 10 }, { ulong.MaxValue, 10 },
    };

    [Theory]
    [MemberData(nameof(Boundaries))]
    public void Every_number_takes_the_bytes_the_protocol_says_and_comes_back(ulong value, int length)
    {
        byte[] bytes = Write(value);
        bytes.Should().HaveCount(length);
        Varint.LengthOf(value).Should().Be(length);
        for (int size = 1; size <= length; size++)
        {
            SequenceReader<byte> reader = new(SegmentedBytes.Of(bytes, size));
            Varint.TryRead(ref reader, out ulong read).Should().BeTrue();
            read.Should().Be(value);
            reader.End.Should().BeTrue();
        }
    }

    [Theory]
    [InlineData(new byte[] { 239 }, 239)]
    [InlineData(new byte[] { 240, 0 }, 240)]
    [InlineData(new byte[] { 255, 127 }, 2287)]
    [InlineData(new byte[] { 240, 128, 0 }, 2288)]
    public void The_bytes_are_those_of_the_protocol(byte[] bytes, ulong value) => Write(value).Should().Equal(bytes);

    [Theory]
    [MemberData(nameof(Boundaries))]
    public void A_number_that_is_cut_off_is_none(ulong value, int length)
    {
        for (int kept = 0; kept < length; kept++)
        {
            SequenceReader<byte> reader = new(new ReadOnlySequence<byte>(Write(value), 0, kept));
            Varint.TryRead(ref reader, out _).Should().BeFalse();
        }
    }

    [Theory]
    [InlineData(new byte[] { 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 })]
    [InlineData(new byte[] { 255, 255, 255, 255, 255, 255, 255, 255, 255, 127 })]
    [InlineData(new byte[] { 255, 255, 255, 255, 255, 255, 255, 255, 255, 15 })]
    public void A_number_of_more_than_64_bits_is_refused(byte[] bytes)
    {
        Action reading = () =>
        {
            SequenceReader<byte> reader = new(new ReadOnlySequence<byte>(bytes));
            Varint.TryRead(ref reader, out _);
        };
        reading.Should().Throw<SpopException>().Which.Status.Should().Be(SpopStatus.InvalidFrame);
    }

    private static byte[] Write(ulong value)
    {
        ArrayBufferWriter<byte> writer = new();
        writer.WriteVarint(value);
        return writer.WrittenSpan.ToArray();
    }
}
