using System.Buffers;
using System.IO.Pipelines;
using StreamPipes.Framing.Tests.Testing;

namespace StreamPipes.Framing.Tests.Writing;

/// <summary>In every format and in every way, what is written are the bytes that the oracle writes.</summary>
public sealed class EveryFormatTests
{
    public static TheoryData<string> Formats => FormatCase.Names;

    [Theory]
    [MemberData(nameof(Formats))]
    public Task Frames_from_memory_are_written_as_the_oracle_writes_them(string name) => ShouldWriteAsync(name, (writer, frame, _) => writer.Write(frame));

    [Theory]
    [MemberData(nameof(Formats))]
    public Task Frames_in_pieces_are_written_as_the_oracle_writes_them(string name) =>
        ShouldWriteAsync(name, (writer, frame, random) => writer.Write(Segments.Of(frame, 1 + random.Next(40))));

    [Theory]
    [MemberData(nameof(Formats))]
    public Task Leased_frames_are_written_as_the_oracle_writes_them_however_they_are_filled(string name) => ShouldWriteAsync(name, (writer, frame, random) =>
    {
        using FrameLease lease = writer.Lease(random.Next(3) * random.Next(100));
        int at = 0;
        while (at < frame.Length)
        {
            int hint = random.Next(3) == 0 ? 0 : random.Next(120);
            Span<byte> span = random.Next(2) == 0 ? lease.GetSpan(hint) : lease.GetMemory(hint).Span;
            span.Length.Should().BeGreaterThanOrEqualTo(Math.Max(1, hint));
            int count = Math.Min(Math.Min(span.Length, frame.Length - at), 1 + random.Next(random.Next(2) == 0 ? 3 : 200));
            frame.AsSpan(at, count).CopyTo(span);
            lease.Advance(count);
            at += count;
            lease.Length.Should().Be(at);
        }

        lease.Commit();
    });

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Frames_of_every_length_are_written_in_one_piece_or_filled_byte_by_byte(string name)
    {
        FormatCase format = FormatCase.Of(name);
        Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 0));
        FrameWriter writer = new(pipe.Writer, format.Format);
        List<byte> expected = [];
        for (int length = 0; length <= format.Oracle.Maximum; length++)
        {
            byte[] frame = format.Oracle.Fit(Payload.Seeded(length, length));
            writer.Write(frame);
            using (FrameLease lease = writer.Lease())
            {
                foreach (byte one in frame) lease.Write([one]);
                lease.Commit();
            }

            byte[] encoded = format.Oracle.Encode(frame);
            expected.AddRange(encoded);
            expected.AddRange(encoded);
        }

        writer.Position.Should().Be(expected.Count);
        await writer.FlushAsync();
        await pipe.Writer.CompleteAsync();
        (await pipe.Reader.TakeAllAsync()).Should().Equal(expected);
    }

    [Theory]
    [InlineData(100_000)]
    [InlineData(3_000)]
    public async Task Large_frames_are_written_whole_in_every_way(int length)
    {
        byte[] frame = Payload.Seeded(length);
        byte[] line = [.. frame.Select(b => b == 10 ? (byte)11 : b)];
        foreach ((FrameFormat format, byte[] bytes, byte[] expected) in ((FrameFormat, byte[], byte[])[])
        [
            (FrameFormat.LengthPrefix(4, length), frame, [0, (byte)(length >> 16), (byte)(length >> 8), (byte)length, .. frame]),
            (FrameFormat.VarintPrefix(length), frame, [.. FormatCase.EncodeLeb128(length), .. frame]),
            (FrameFormat.Lines(length), line, [.. line, 10]),
            (FrameFormat.LengthPrefix(new LengthPrefixOptions { Offset = 3, IncludesHeader = true }, length), frame, [.. frame[..3], .. BigEndian(length - 7), .. frame[7..]]),
        ])
        {
            Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 0));
            FrameWriter writer = new(pipe.Writer, format);
            writer.Write(bytes);
            writer.Write(Segments.Of(bytes, 777));
            foreach (int piece in (int[])[1, 100, 5000, length])
            {
                using FrameLease lease = writer.Lease();
                for (int at = 0; at < length; at += piece) lease.Write(bytes.AsSpan(at, Math.Min(piece, length - at)));
                lease.Commit();
            }

            await writer.FlushAsync();
            for (int i = 0; i < 6; i++) (await pipe.Reader.TakeAsync(expected.Length)).AsSpan().SequenceEqual(expected).Should().BeTrue($"of {format} the frame {i}");
        }
    }

    private static byte[] BigEndian(int value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    private static async Task ShouldWriteAsync(string name, Action<FrameWriter, byte[], Random> write)
    {
        FormatCase format = FormatCase.Of(name);
        for (int round = 0; round < LongRun.Times(10); round++)
        {
            Random random = Payload.NewRandom(round);
            (byte[][] frames, byte[] stream) = format.Random(random, count: 30);
            using CountingMemoryPool pool = new(blockSize: 16 << (round % 5));
            Pipe pipe = new(new PipeOptions(pool, minimumSegmentSize: 16, pauseWriterThreshold: 0));
            FrameWriter writer = new(pipe.Writer, format.Format);
            foreach (byte[] frame in frames)
            {
                write(writer, frame, random);
                if (random.Next(3) == 0) (await writer.FlushAsync()).IsCompleted.Should().BeFalse();
            }

            writer.Position.Should().Be(stream.Length);
            await writer.FlushAsync();
            await pipe.Writer.CompleteAsync();
            (await pipe.Reader.TakeAllAsync()).Should().Equal(stream);
            await pipe.Reader.CompleteAsync();
            pool.AssertClean();
        }
    }
}
