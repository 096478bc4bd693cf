using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using StreamPipes.Framing.Tests.Testing;

namespace StreamPipes.Framing.Tests.Reading;

/// <summary>Where the next frame can be found, <see cref="FrameReader.OnError"/> may skip a bad one.</summary>
public sealed class PolicyTests
{
    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("aba")]
    public async Task Lines_that_are_too_long_are_skipped_to_their_delimiter_in_any_pieces(string delimiter)
    {
        string[] lines = ["one", "much too long a line", "two", "", "another that is too long", "and another one", "three"];
        byte[] stream = Encoding.ASCII.GetBytes(string.Concat(lines.Select(line => line.Replace('a', '_') + delimiter)));
        for (int size = 1; size <= stream.Length; size++)
        {
            List<long> skipped = [];
            FrameReader reader = Skipping(new PieceReader([.. stream], [size]), FrameFormat.Delimiter(Encoding.ASCII.GetBytes(delimiter), 8), error => skipped.Add(error.Position));
            Outcome outcome = await FrameReading.ByTryReadAsync(reader);
            outcome.Should().BeEquivalentTo(Outcome.Of([.. new[] { "one", "two", "", "three" }.Select(Encoding.ASCII.GetBytes)], error: null, stream.Length), $"in pieces of {size} bytes");
            int d = delimiter.Length;
            skipped.Should().Equal(3 + d, 26 + (4 * d), 50 + (5 * d));
        }
    }

    [Fact]
    public async Task Frames_that_announce_too_much_are_skipped_by_their_length_in_any_pieces()
    {
        byte[] stream = [0, 1, 65, 0, 20, .. new byte[20], 0, 0, 0, 9, .. new byte[9], 0, 2, 66, 67, 0, 30, .. new byte[30]];
        for (int size = 1; size <= stream.Length; size++)
        {
            List<(FrameErrorKind Kind, long Position, long Length)> skipped = [];
            FrameReader reader = Skipping(new PieceReader([.. stream], [size]), FrameFormat.LengthPrefix(2, 8), error => skipped.Add((error.Kind, error.Position, error.Length)));
            Outcome outcome = await FrameReading.ByTryReadAsync(reader);
            outcome.Should().BeEquivalentTo(Outcome.Of([[65], [], [66, 67]], error: null, stream.Length), $"in pieces of {size} bytes");
            skipped.Should().Equal((FrameErrorKind.TooLong, 3, 20), (FrameErrorKind.TooLong, 27, 9), (FrameErrorKind.TooLong, 42, 30));
        }
    }

    [Fact]
    public async Task What_is_skipped_is_discarded_as_it_comes_however_long_it_is()
    {
        Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 4096, resumeWriterThreshold: 2048, useSynchronizationContext: false));
        Task writing = WriteAsync();
        FrameReader reader = Skipping(pipe.Reader, FrameFormat.Lines(10), _ => { });
        Outcome outcome = await FrameReading.ByTryReadAsync(reader).Guarded();
        outcome.Frames.Should().Equal("78");
        outcome.Position.Should().Be(1_000_003);
        await writing.Guarded();

        async Task WriteAsync()
        {
            byte[] block = new byte[1000];
            for (int i = 0; i < 1000; i++) await pipe.Writer.WriteAsync(block);
            await pipe.Writer.WriteAsync("\nx\n"u8.ToArray());
            await pipe.Writer.CompleteAsync();
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_end_inside_a_frame_that_is_being_skipped_is_an_error_at_its_beginning(bool isLine)
    {
        byte[] stream = isLine ? [65, 10, .. new byte[30]] : [1, 65, 31, .. new byte[29]];
        for (int size = 1; size <= stream.Length; size++)
        {
            FrameReader reader = Skipping(new PieceReader([.. stream], [size]), isLine ? FrameFormat.Lines(8) : FrameFormat.LengthPrefix(1, 8), _ => { });
            (await reader.WaitToReadAsync()).Should().BeTrue();
            reader.TryRead(out _).Should().BeTrue();
            FrameException error = await Assert.ThrowsAsync<FrameException>(() => reader.WaitToReadAsync().AsTask());
            error.Kind.Should().Be(FrameErrorKind.Truncated);
            error.Position.Should().Be(2);
            error.Message.Should().Be("The stream ended inside a frame, 30 bytes after its beginning at position 2.");
        }
    }

    [Fact]
    public async Task A_malformed_frame_cannot_be_skipped_since_its_end_is_unknown()
    {
        List<FrameErrorKind> asked = [];
        FrameReader reader = Skipping(new PieceReader([0, 1, 9, 9, 9], [5]), FrameFormat.LengthPrefix(new LengthPrefixOptions { Size = 2, IsInclusive = true }, 100), error => asked.Add(error.Kind));
        FrameException error = await Assert.ThrowsAsync<FrameException>(() => reader.WaitToReadAsync().AsTask());
        error.Kind.Should().Be(FrameErrorKind.Malformed);
        asked.Should().Equal(FrameErrorKind.Malformed);
    }

    [Fact]
    public async Task The_callers_own_decision_is_asked_for_each_bad_frame()
    {
        int seen = 0;
        FrameReader reader = new(new PieceReader(Encoding.ASCII.GetBytes("toolong\nok\ntoolong\nok\ntoolong\nok\n"), [100]), FrameFormat.Lines(4))
        {
            OnError = _ => ++seen < 3 ? FrameErrorAction.Skip : FrameErrorAction.Fail,
        };
        Outcome outcome = await FrameReading.ByTryReadAsync(reader);
        outcome.Should().BeEquivalentTo(Outcome.Of(["ok"u8.ToArray(), "ok"u8.ToArray()], FrameErrorKind.TooLong, position: 22));
    }

    [Fact]
    public async Task An_exception_of_the_callers_own_decision_takes_the_place_of_the_frames()
    {
        PieceReader pieces = new(Encoding.ASCII.GetBytes("toolong\nok\n"), [100]);
        InvalidDataException own = new("enough of this client");
        FrameReader reader = new(pieces, FrameFormat.Lines(4)) { OnError = _ => throw own };
        (await Assert.ThrowsAsync<InvalidDataException>(() => reader.WaitToReadAsync().AsTask())).Should().BeSameAs(own);
        (await Assert.ThrowsAsync<InvalidDataException>(() => reader.WaitToReadAsync().AsTask())).Should().BeSameAs(own);
        pieces.IsReading.Should().BeFalse();
    }

    [Fact]
    public async Task The_decision_is_asked_only_after_the_frames_before_the_bad_one_were_taken()
    {
        bool isAsked = false;
        FrameReader reader = Skipping(new PieceReader(Encoding.ASCII.GetBytes("ok\ntoolong\nok\n"), [100]), FrameFormat.Lines(4), _ => isAsked = true);
        (await reader.WaitToReadAsync()).Should().BeTrue();
        reader.TryRead(out _).Should().BeTrue();
        reader.TryRead(out _).Should().BeFalse("the next frame is a bad one");
        isAsked.Should().BeFalse();
        (await reader.WaitToReadAsync()).Should().BeTrue();
        isAsked.Should().BeTrue();
        reader.TryRead(out ReadOnlySequence<byte> frame).Should().BeTrue();
        frame.ToArray().Should().Equal("ok"u8.ToArray());
    }

    [Theory]
    [InlineData("\n", false)]
    [InlineData("\r\n", false)]
    [InlineData("\n", true)]
    [InlineData("\r\n", true)]
    [InlineData("aba", false)]
    public async Task What_was_skipped_is_reported_with_its_kind_position_and_length_in_any_pieces(string delimiter, bool isLine)
    {
        byte[] stream = Encoding.ASCII.GetBytes(string.Concat(new[] { "one", "1234567890", "two", "123456789\rX" }.Select(line => line + delimiter)));
        FrameFormat format = isLine ? FrameFormat.Lines(8) : FrameFormat.Delimiter(Encoding.ASCII.GetBytes(delimiter), 8);
        for (int size = 1; size <= stream.Length; size++)
        {
            List<string> events = [];
            FrameReader reader = Skipping(new PieceReader([.. stream], [size]), format, error => events.Add(FormattableString.Invariant($"{error.Kind} at {error.Position}, {error.Length}")));
            reader.OnSkipped = skipped => events.Add(FormattableString.Invariant($"skipped at {skipped.Position}, {skipped.Length}"));
            await foreach (ReadOnlySequence<byte> frame in reader) events.Add(Encoding.ASCII.GetString(frame));
            int d = delimiter.Length;
            string[] expected = ["one", $"TooLong at {3 + d}, -1", $"skipped at {3 + d}, 10", "two", $"TooLong at {16 + (3 * d)}, -1", $"skipped at {16 + (3 * d)}, 11"];
            events.Should().Equal(expected, $"in pieces of {size} bytes");
        }
    }

    [Fact]
    public async Task What_was_skipped_by_its_announced_length_is_reported_once_all_of_it_is_discarded()
    {
        Pipe pipe = new();
        List<long> skipped = [];
        FrameReader reader = Skipping(pipe.Reader, FrameFormat.LengthPrefix(1, 8), _ => { });
        reader.OnSkipped = error => skipped.Add(error.Length);
        await pipe.Writer.WriteAsync(new byte[] { 9, 1, 2, 3, 4, 5, 6, 7, 8 });
        ValueTask<bool> wait = reader.WaitToReadAsync();
        skipped.Should().BeEmpty("its last byte is missing");
        await pipe.Writer.WriteAsync(new byte[] { 9, 1, 42 });
        (await wait.AsTask().Guarded()).Should().BeTrue();
        skipped.Should().Equal(9);
    }

    [Fact]
    public async Task A_frame_that_the_end_cuts_off_while_it_is_being_skipped_was_not_skipped()
    {
        List<long> skipped = [];
        FrameReader reader = Skipping(new PieceReader([9, 1, 2], [1]), FrameFormat.LengthPrefix(1, 8), _ => { });
        reader.OnSkipped = error => skipped.Add(error.Length);
        (await Assert.ThrowsAsync<FrameException>(() => reader.WaitToReadAsync().AsTask())).Kind.Should().Be(FrameErrorKind.Truncated);
        skipped.Should().BeEmpty();
    }

    [Fact]
    public async Task An_exception_of_the_receiver_of_what_is_skipped_fails_the_reader()
    {
        PieceReader pieces = new(Encoding.ASCII.GetBytes("toolong\nok\n"), [100]);
        InvalidDataException own = new("the log is full");
        FrameReader reader = Skipping(pieces, FrameFormat.Lines(4), _ => { });
        reader.OnSkipped = _ => throw own;
        (await Assert.ThrowsAsync<InvalidDataException>(() => reader.WaitToReadAsync().AsTask())).Should().BeSameAs(own);
        (await Assert.ThrowsAsync<InvalidDataException>(() => reader.WaitToReadAsync().AsTask())).Should().BeSameAs(own);
        pieces.IsReading.Should().BeFalse();
        pieces.Unconsumed.Should().Be(3, "the frame was skipped all the same");
    }

    private static FrameReader Skipping(PipeReader pieces, FrameFormat format, Action<FrameException> seen) => new(pieces, format)
    {
        OnError = error =>
        {
            seen(error);
            return FrameErrorAction.Skip;
        },
    };
}
