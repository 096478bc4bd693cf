using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using StreamPipes.Framing.Tests.Testing;

namespace StreamPipes.Framing.Tests.Reading;

/// <summary>Protocols that change their format in mid-stream, at every cut: by <see cref="FrameReader.Format"/>, by another reader, by the pipe reader itself.</summary>
public sealed class FormatChangeTests
{
    private static readonly FrameFormat Lines = FrameFormat.Lines(64);

    public enum Way
    {
        SameReader,
        OtherReader,
        PipeReader,
    }

    public static TheoryData<Way> Ways => [Way.SameReader, Way.OtherReader, Way.PipeReader];

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Header_lines_a_body_and_the_next_header_are_told_apart_at_every_cut(Way way)
    {
        byte[] stream = "POST\r\n\r\n12\n345678901GET\n\nX\n"u8.ToArray();
        for (int cut = 0; cut <= stream.Length; cut++)
        {
            foreach (int size in (int[])[1, 3, stream.Length])
            {
                PieceReader pieces = new([.. stream], [cut, size]);
                List<string> read = [];
                FrameReader reader = new(pieces, Lines);
                reader = await ReadHeaderAsync(reader, read);
                if (way == Way.SameReader)
                {
                    reader.Format = FrameFormat.FixedSize(12);
                    read.Add(await NextAsync(reader));
                    reader.Format = Lines;
                }
                else
                {
                    reader.Release();
                    read.Add(way == Way.PipeReader ? await TakeAsync(pieces, 12) : await NextAsync(new FrameReader(pieces, FrameFormat.FixedSize(12)), releases: true));
                }

                reader = await ReadHeaderAsync(reader, read);
                read.Add(await NextAsync(reader));
                read.Should().Equal(["POST", "", "12\n345678901", "GET", "", "X"], $"with cuts at {cut} and every {size}");
                (await reader.WaitToReadAsync()).Should().BeFalse();
                if (way == Way.SameReader) reader.Position.Should().Be(stream.Length);
            }
        }
    }

    [Fact]
    public async Task The_commands_of_SMTP_and_its_data_are_told_apart_at_every_cut()
    {
        FrameFormat data = FrameFormat.Delimiter("\r\n.\r\n"u8, 1000);
        byte[] stream = "MAIL\r\nDATA\r\nSubject: x\r\n\r\n..\r\n.x\r\n.\r\nQUIT\r\n"u8.ToArray();
        for (int cut = 0; cut <= stream.Length; cut++)
        {
            FrameReader reader = new(new PieceReader([.. stream], [cut, stream.Length]), FrameFormat.CrLfLines(64));
            List<string> read = [];
            await foreach (ReadOnlySequence<byte> frame in reader)
            {
                read.Add(Encoding.ASCII.GetString(frame));
                reader.Format = read[^1] is "DATA" ? data : FrameFormat.CrLfLines(64);
            }

            read.Should().Equal(["MAIL", "DATA", "Subject: x\r\n\r\n..\r\n.x", "QUIT"], $"with a cut at {cut}");
        }
    }

    [Fact]
    public async Task The_lengths_and_strings_of_RESP_are_told_apart_at_every_cut()
    {
        byte[] stream = "$3\r\na\r\n\r\n$0\r\n\r\n$12\r\n$1\r\nx\r\n12345\r\n$1\r\nz\r\n"u8.ToArray();
        for (int size = 1; size <= stream.Length; size++)
        {
            FrameReader reader = new(new PieceReader([.. stream], [size]), FrameFormat.CrLfLines(64));
            List<string> read = [];
            while (await reader.WaitToReadAsync())
            {
                string header = await NextAsync(reader);
                reader.Format = FrameFormat.FixedSize(int.Parse(header.AsSpan(1), CultureInfo.InvariantCulture) + 2);
                read.Add((await NextAsync(reader))[..^2]);
                reader.Format = FrameFormat.CrLfLines(64);
            }

            read.Should().Equal(["a\r\n", "", "$1\r\nx\r\n12345", "z"], $"in pieces of {size} bytes");
        }
    }

    [Fact]
    public async Task The_current_frame_stays_valid_when_the_format_changes()
    {
        FrameReader reader = new(new PieceReader("one\n1234"u8.ToArray(), [100]), Lines);
        await foreach (ReadOnlySequence<byte> frame in reader)
        {
            reader.Format = FrameFormat.FixedSize(4);
            Encoding.ASCII.GetString(frame).Should().BeOneOf("one", "1234");
        }

        reader.Format.Should().BeEquivalentTo(FrameFormat.FixedSize(4));
        reader.Position.Should().Be(8);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_began_as_a_frame_of_one_format_is_read_in_another_after_a_cancelled_wait(bool isByToken)
    {
        Pipe pipe = new();
        await pipe.Writer.WriteTextAsync("no line");
        FrameReader reader = new(pipe.Reader, Lines);
        using CancellationTokenSource source = new();
        ValueTask<bool> wait = reader.WaitToReadAsync(source.Token);
        if (isByToken) await source.CancelAsync();
        else pipe.Reader.CancelPendingRead();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.AsTask().Guarded());
        reader.Format = FrameFormat.FixedSize(7);
        (await reader.WaitToReadAsync().Guarded()).Should().BeTrue("all bytes are there");
        (await NextAsync(reader)).Should().Be("no line");
    }

    [Fact]
    public async Task A_frame_that_is_being_skipped_is_skipped_in_its_own_format()
    {
        Pipe pipe = new();
        await pipe.Writer.WriteTextAsync("a line that is too long");
        FrameReader reader = new(pipe.Reader, FrameFormat.Lines(8)) { OnError = _ => FrameErrorAction.Skip };
        ValueTask<bool> wait = reader.WaitToReadAsync();
        pipe.Reader.CancelPendingRead();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.AsTask().Guarded());
        reader.Format = FrameFormat.FixedSize(4);
        await pipe.Writer.WriteTextAsync(" indeed\n1234");
        (await reader.WaitToReadAsync().Guarded()).Should().BeTrue();
        (await NextAsync(reader)).Should().Be("1234");
    }

    [Fact]
    public void A_format_is_not_null()
    {
        FrameReader reader = new(new PieceReader([], [1]), Lines);
        Assert.Throws<ArgumentNullException>(() => reader.Format = null!);
        reader.Format.Should().BeSameAs(Lines);
    }

    /// <summary>Up to the empty line.</summary>
    private static async Task<FrameReader> ReadHeaderAsync(FrameReader reader, List<string> read)
    {
        do read.Add(await NextAsync(reader));
        while (read[^1].Length > 0);
        return reader;
    }

    private static async Task<string> NextAsync(FrameReader reader, bool releases = false)
    {
        (await reader.WaitToReadAsync().Guarded()).Should().BeTrue();
        reader.TryRead(out ReadOnlySequence<byte> frame).Should().BeTrue();
        string text = Encoding.ASCII.GetString(frame);
        if (releases) reader.Release();
        return text;
    }

    private static async Task<string> TakeAsync(PipeReader reader, int count)
    {
        while (true)
        {
            ReadResult result = await reader.ReadAsync().Guarded();
            if (result.Buffer.Length < count)
            {
                reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                continue;
            }

            string text = Encoding.ASCII.GetString(result.Buffer.Slice(0, count));
            reader.AdvanceTo(result.Buffer.GetPosition(count));
            return text;
        }
    }
}
