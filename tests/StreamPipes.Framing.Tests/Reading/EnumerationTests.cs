using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text;
using StreamPipes.Framing.Tests.Testing;

namespace StreamPipes.Framing.Tests.Reading;

/// <summary>Loops, the pipe reader they give back, and messages instead of bytes.</summary>
public sealed class EnumerationTests
{
    [Fact]
    public async Task A_loop_that_is_left_has_read_its_last_frame_and_gives_the_pipe_reader_back()
    {
        PieceReader pieces = new("one\ntwo\nthree\n"u8.ToArray(), [100]);
        FrameReader reader = new(pieces, FrameFormat.Lines(8));
        await foreach (ReadOnlySequence<byte> frame in reader)
        {
            if (string.Equals(Text(frame), "two", StringComparison.Ordinal)) break;
        }

        pieces.IsReading.Should().BeFalse();
        pieces.Unconsumed.Should().Be(6);
        reader.Position.Should().Be(8);
        List<string> rest = [];
        await foreach (ReadOnlySequence<byte> frame in reader.ReadAllAsync()) rest.Add(Text(frame));
        rest.Should().Equal("three");
    }

    [Fact]
    public async Task A_reader_that_is_released_leaves_the_rest_to_one_of_another_format()
    {
        PieceReader pieces = new([.. "upgrade\n"u8, 3, .. "abc"u8, 2, .. "de"u8], [4, 100]);
        FrameReader lines = new(pieces, FrameFormat.Lines(8));
        (await lines.WaitToReadAsync()).Should().BeTrue();
        lines.TryRead(out _).Should().BeTrue();
        lines.Release();
        Outcome outcome = await FrameReading.ByTryReadAsync(new FrameReader(pieces, FrameFormat.VarintPrefix(8)));
        outcome.Should().BeEquivalentTo(Outcome.Of(["abc"u8.ToArray(), "de"u8.ToArray()], error: null, 7));
        lines.Release();
        lines.Position.Should().Be(8, "a second release changes nothing");
    }

    [Fact]
    public async Task A_loop_whose_body_completes_the_pipe_reader_can_be_left()
    {
        Pipe pipe = new();
        await pipe.Writer.WriteTextAsync("one\ntwo\n");
        FrameReader reader = new(pipe.Reader, FrameFormat.Lines(8));
        int count = 0;
        await foreach (ReadOnlySequence<byte> _ in reader)
        {
            count++;
            await pipe.Reader.CompleteAsync();
            break;
        }

        count.Should().Be(1);
    }

    [Fact]
    public async Task The_end_is_the_end_again_when_it_is_asked_for_again()
    {
        FrameReader reader = new(new PieceReader("one\n"u8.ToArray(), [100]), FrameFormat.Lines(8));
        (await FrameReading.ByTryReadAsync(reader)).Frames.Should().ContainSingle();
        (await reader.WaitToReadAsync()).Should().BeFalse();
        FrameEnumerator enumerator = reader.GetAsyncEnumerator();
        (await enumerator.MoveNextAsync()).Should().BeFalse();
        enumerator.Current.IsEmpty.Should().BeTrue();
    }

    [Fact]
    public async Task A_reader_that_has_read_nothing_yet_takes_nothing_and_releases_nothing()
    {
        PieceReader pieces = new("one\n"u8.ToArray(), [100]);
        FrameReader reader = new(pieces, FrameFormat.Lines(8));
        reader.TryRead(out ReadOnlySequence<byte> frame).Should().BeFalse();
        frame.IsEmpty.Should().BeTrue();
        reader.Release();
        reader.Position.Should().Be(0);
        (await reader.WaitToReadAsync()).Should().BeTrue();
        (await reader.WaitToReadAsync()).Should().BeTrue("nothing was taken in between");
        reader.TryRead(out _).Should().BeTrue();
        reader.Position.Should().Be(4);
    }

    [Fact]
    public async Task A_parser_makes_messages_in_either_loop()
    {
        byte[] stream = [0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3];
        List<uint> read = [];
        await foreach (uint number in new FrameReader(new PieceReader([.. stream], [3]), FrameFormat.FixedSize(4)).ReadAllAsync<uint, NumberParser>(default)) read.Add(number);
        FrameReader reader = new(new PieceReader([.. stream], [5]), FrameFormat.FixedSize(4));
        while (await reader.WaitToReadAsync())
        {
            while (reader.TryRead(default(NumberParser), out uint number)) read.Add(number);
        }

        reader.TryRead(default(NumberParser), out uint none).Should().BeFalse();
        none.Should().Be(0);
        read.Should().Equal(1, 2, 3, 1, 2, 3);
    }

    [Fact]
    public async Task A_frame_whose_parser_throws_counts_as_read()
    {
        FrameReader reader = new(new PieceReader("1\nx\n3\n"u8.ToArray(), [100]), FrameFormat.Lines(8));
        List<int> read = [];
        Exception? thrown = await Record.ExceptionAsync(async () =>
        {
            await foreach (int number in reader.ReadAllAsync<int, DecimalParser>(default)) read.Add(number);
        });
        thrown.Should().BeOfType<FormatException>();
        reader.Position.Should().Be(4);
        await foreach (int number in reader.ReadAllAsync<int, DecimalParser>(default)) read.Add(number);
        read.Should().Equal(1, 3);
    }

#if !LIBRARY_NETSTANDARD
    [Fact]
    public async Task A_message_that_parses_itself_is_read_in_either_loop()
    {
        byte[] stream = [0, 0, 0, 1, 0, 0, 0, 2];
        List<Quote> read = [];
        await foreach (Quote quote in new FrameReader(new PieceReader([.. stream], [3]), FrameFormat.FixedSize(4)).ReadAllAsync<Quote>()) read.Add(quote);
        FrameReader reader = new(new PieceReader([.. stream], [5]), FrameFormat.FixedSize(4));
        while (await reader.WaitToReadAsync())
        {
            while (reader.TryRead(out Quote quote)) read.Add(quote);
        }

        read.Should().Equal(new Quote(1), new Quote(2), new Quote(1), new Quote(2));
    }

    private readonly record struct Quote(uint Price) : IFrameMessage<Quote>
    {
        public static Quote Parse(in ReadOnlySequence<byte> frame) => new(default(NumberParser).Parse(frame));
    }
#endif

    [Fact]
    public void Arguments_that_are_missing_are_named()
    {
        Pipe pipe = new();
        Assert.Throws<ArgumentNullException>(() => new FrameReader(null!, FrameFormat.Lines(1))).ParamName.Should().Be("reader");
        Assert.Throws<ArgumentNullException>(() => new FrameReader(pipe.Reader, null!)).ParamName.Should().Be("format");
        Assert.Throws<ArgumentNullException>(() => new FrameWriter(null!, FrameFormat.Lines(1))).ParamName.Should().Be("writer");
        Assert.Throws<ArgumentNullException>(() => new FrameWriter(pipe.Writer, null!)).ParamName.Should().Be("format");
    }

    private static string Text(in ReadOnlySequence<byte> frame) => Encoding.ASCII.GetString(frame);

    private readonly struct NumberParser : IFrameParser<uint>
    {
        public uint Parse(in ReadOnlySequence<byte> frame)
        {
            Span<byte> bytes = stackalloc byte[4];
            frame.CopyTo(bytes);
            return BinaryPrimitives.ReadUInt32BigEndian(bytes);
        }
    }

    private readonly struct DecimalParser : IFrameParser<int>
    {
        public int Parse(in ReadOnlySequence<byte> frame) => int.Parse(Encoding.ASCII.GetString(frame), System.Globalization.CultureInfo.InvariantCulture);
    }
}
