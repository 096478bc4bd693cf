using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using StreamPipes.Framing.Tests.Testing;

namespace StreamPipes.Framing.Tests.Reading;

/// <summary>Every format, however the stream is cut, comes to what its oracle says: the same frames, the same error at the same position.</summary>
public sealed class EveryFormatTests
{
    public static TheoryData<string> Formats => FormatCase.Names;

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Any_number_of_bytes_per_read_gives_the_same_frames(string name)
    {
        (FormatCase format, byte[] stream) = Stream(name, frames: 8);
        Outcome expected = format.Oracle.Read(stream);
        expected.Error.Should().BeNull();
        for (int size = 1; size <= stream.Length; size++) await FrameReading.ShouldBeAsync(expected, format.Format, stream, size);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Every_cut_into_two_reads_gives_the_same_frames(string name)
    {
        (FormatCase format, byte[] stream) = Stream(name, frames: 8);
        Outcome expected = format.Oracle.Read(stream);
        for (int cut = 0; cut <= stream.Length; cut++) await FrameReading.ShouldBeAsync(expected, format.Format, stream, cut, stream.Length);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_stream_that_ends_after_any_byte_ends_in_order_between_frames_and_else_in_an_error_at_the_frame_that_was_cut(string name)
    {
        (FormatCase format, byte[] stream) = Stream(name, frames: 4);
        int inOrder = 0;
        for (int end = 0; end <= stream.Length; end++)
        {
            byte[] part = stream[..end];
            Outcome expected = format.Oracle.Read(part);
            if (expected.Error is null) inOrder++;
            else expected.Error.Should().Be(FrameErrorKind.Truncated);
            foreach (int size in (int[])[1, 7, Math.Max(1, end)]) await FrameReading.ShouldBeAsync(expected, format.Format, part, size);
        }

        inOrder.Should().Be(5, "that many places are between four frames");
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Random_frames_in_random_pieces_some_of_them_empty_are_read_as_they_were_written(string name)
    {
        FormatCase format = FormatCase.Of(name);
        for (int round = 0; round < LongRun.Times(30); round++)
        {
            Random random = Payload.NewRandom(round);
            (byte[][] frames, byte[] stream) = format.Random(random, count: 1 + random.Next(20));
            int[] sizes = [.. Enumerable.Range(0, stream.Length + 1).Select(_ => random.Next(3) == 0 ? 0 : random.Next(1 + random.Next(100)))];
            await FrameReading.ShouldBeAsync(Outcome.Of(frames, error: null, stream.Length), format.Format, stream, sizes);
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Random_bytes_come_to_the_frames_and_the_error_of_the_oracle_in_any_pieces(string name)
    {
        FormatCase format = FormatCase.Of(name);
        HashSet<FrameErrorKind?> met = [];
        for (int round = 0; round < LongRun.Times(150); round++)
        {
            byte[] stream = Garbage(format, Payload.NewRandom(1000 + round));
            Outcome expected = format.Oracle.Read(stream);
            met.Add(expected.Error);
            await FrameReading.ShouldBeAsync(expected, format.Format, stream, 1 + (round % 13));
            await FrameReading.ShouldBeAsync(expected, format.Format, stream, round % 5, 1, stream.Length);
        }

        met.Should().HaveCountGreaterThanOrEqualTo(format.Oracle.Maximum == 1 ? 1 : 2, "streams of more than one kind are to be met");
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Frames_cross_the_blocks_of_a_pipe_whatever_its_memory_is(string name)
    {
        (FormatCase format, byte[] stream) = Stream(name, frames: 40);
        Outcome expected = format.Oracle.Read(stream);
        using CountingMemoryPool arrays = new(blockSize: 16);
        using NativeMemoryPool native = new(blockSize: 64);
        foreach (MemoryPool<byte> pool in (MemoryPool<byte>[])[arrays, native])
        {
            Pipe pipe = new(new PipeOptions(pool, minimumSegmentSize: 16, pauseWriterThreshold: 0, useSynchronizationContext: false));
            for (int at = 0; at < stream.Length; at += 100) await pipe.Writer.WriteAsync(stream.AsMemory(at, Math.Min(100, stream.Length - at)));
            await pipe.Writer.CompleteAsync();
            (await FrameReading.ByTryReadAsync(new FrameReader(pipe.Reader, format.Format))).ToString().Should().Be(expected.ToString());
            await pipe.Reader.CompleteAsync();
        }

        arrays.AssertClean();
        native.Outstanding.Should().Be(0);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_pipe_reader_over_one_piece_of_memory_gives_the_same_frames(string name)
    {
        (FormatCase format, byte[] stream) = Stream(name, frames: 8);
        Outcome expected = format.Oracle.Read(stream);
        foreach (ReadOnlySequence<byte> memory in (ReadOnlySequence<byte>[])[new(stream), new([0, .. stream, 0], 1, stream.Length)])
        {
            (await FrameReading.ByTryReadAsync(new FrameReader(PipeReader.Create(memory), format.Format))).ToString().Should().Be(expected.ToString());
            (await FrameReading.ByEnumerationAsync(new FrameReader(PipeReader.Create(memory), format.Format))).ToString().Should().Be(expected.ToString());
        }
    }

    [Fact]
    public async Task A_pipe_reader_over_an_empty_segment_is_at_its_end_however_often_it_is_asked()
    {
        FrameReader reader = new(PipeReader.Create(Segments.Of([], 1)), FrameFormat.Lines(8));
        for (int i = 0; i < 3; i++) (await reader.WaitToReadAsync().Guarded()).Should().BeFalse();
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task A_pipe_reader_over_a_stream_gives_the_same_frames(string name)
    {
        (FormatCase format, byte[] stream) = Stream(name, frames: 40);
        PipeReader reader = PipeReader.Create(new MemoryStream(stream), new StreamPipeReaderOptions(bufferSize: 33, minimumReadSize: 8));
        (await FrameReading.ByEnumerationAsync(new FrameReader(reader, format.Format))).ToString().Should().Be(format.Oracle.Read(stream).ToString());
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void The_text_of_a_format_says_what_it_is_and_how_long_a_frame_may_be(string name)
    {
        FrameFormat format = FormatCase.Of(name).Format;
        format.ToString().Should().StartWith("frames of ").And.Contain(format.MaximumLength.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Good frames of middling sizes, so that every cut can be tried.</summary>
    private static (FormatCase Format, byte[] Stream) Stream(string name, int frames)
    {
        FormatCase format = FormatCase.Of(name);
        Random random = Payload.NewRandom(7);
        List<byte> stream = [];
        for (int i = 0; i < frames; i++)
        {
            byte[] frame = new byte[i == 2 ? Math.Min(258, format.Oracle.Maximum) : random.Next(30)];
            random.NextBytes(frame);
            stream.AddRange(format.Oracle.Encode(format.Oracle.Fit(frame)));
        }

        return (format, [.. stream]);
    }

    /// <summary>Some good frames, then bytes of which few make sense, with those often that mean something to a format.</summary>
    private static byte[] Garbage(FormatCase format, Random random)
    {
        (_, byte[] good) = format.Random(random, random.Next(3));
        byte[] telling = [0, 0, 0, 0, 1, 2, 4, 10, 13, 45, 97, 98, 127, 128, 240, 255, 255];
        byte[] bytes = new byte[random.Next(2) == 0 ? random.Next(40) : random.Next(700)];
        for (int i = 0; i < bytes.Length; i++) bytes[i] = random.Next(3) > 0 ? telling[random.Next(telling.Length)] : (byte)random.Next(256);
        return [.. good, .. bytes];
    }
}
