using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using LineServer;

namespace StreamPipes.Samples.Tests.LineServer;

/// <summary>Lines out of bytes, in whatever pieces those come.</summary>
public sealed class LineSessionTests
{
    [Fact]
    public async Task Lines_are_answered_alike_from_every_size_of_reads_and_of_segments()
    {
        const string Text = "one\ntwo\r\n\n\r\na\rb\r\n\r\r\nthe last\nrest";
        for (int size = 1; size <= Text.Length; size++)
            (await AnswersAsync(Text, size)).Should().Be("one\ntwo\n\n\na\rb\n\r\nthe last\nrest\n", "reads and segments are of {0} bytes", size);
    }

    [Theory]
    [InlineData("12345678\n", "12345678\n")]
    [InlineData("12345678\r\n", "12345678\n")]
    [InlineData("12345678", "12345678\n")]
    [InlineData("123456789\n", "error: a line is longer than 8 bytes\n")]
    [InlineData("123456789\r\n", "error: a line is longer than 8 bytes\n")]
    [InlineData("123456789", "error: a line is longer than 8 bytes\n")]
    [InlineData("ok\n123456789", "ok\nerror: a line is longer than 8 bytes\n")]
    [InlineData("ok\n123456789\nok\n", "ok\nerror: a line is longer than 8 bytes\n")]
    public async Task A_line_has_at_most_so_many_bytes(string text, string answers)
    {
        for (int size = 1; size <= text.Length; size++) (await AnswersAsync(text, size, maxLength: 8)).Should().Be(answers, "reads and segments are of {0} bytes", size);
    }

    [Theory]
    [InlineData("one\ntwo\nhalf a li", "one\ntwo\n")]
    [InlineData("one\n123456789\ntwo\n", "one\n")]
    [InlineData("half", "")]
    public async Task Lines_that_arrived_before_a_stop_are_answered_although_none_has_been_read_yet(string text, string answers)
    {
        Pipe input = new(new PipeOptions(minimumSegmentSize: 16));
        await input.Writer.WriteAsync(Encoding.ASCII.GetBytes(text));
        (await AnswersAsync(input.Reader, maxLength: 8, new CancellationToken(canceled: true))).Should().Be(answers);
    }

    private static async Task<string> AnswersAsync(string text, int size, int maxLength = 100)
    {
        byte[] wire = Encoding.ASCII.GetBytes(text);
        string ofReads = await AnswersAsync(PipeReader.Create(new ChunkingStream(new MemoryStream(wire), size)), maxLength, CancellationToken.None);
        string ofSegments = await AnswersAsync(PipeReader.Create(SegmentedBytes.Of(wire, size)), maxLength, CancellationToken.None);
        ofSegments.Should().Be(ofReads);
        return ofReads;
    }

    private static async Task<string> AnswersAsync(PipeReader input, int maxLength, CancellationToken stopping)
    {
        using MemoryStream answers = new();
        PipeWriter output = PipeWriter.Create(answers, new StreamPipeWriterOptions(leaveOpen: true));
        await new LineSession(new Client(input, output), maxLength).RunAsync(stopping).Guarded();
        await output.CompleteAsync();
        return Encoding.ASCII.GetString(answers.ToArray());
    }

    private sealed record Client(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
