using System.IO.Pipelines;
using System.Text;
using RedisTls;

namespace StreamPipes.Samples.Tests.RedisTls;

public sealed class RespWriterTests
{
    [Fact]
    public async Task A_command_is_an_array_of_bulk_strings()
    {
        RespArgument[] command = ["SET", "grün", -5, new byte[] { 13, 10 }];
        string wire = await WriteAsync(output => RespWriter.WriteCommandAsync(output, command));
        wire.Should().Be("*4\r\n$3\r\nSET\r\n$5\r\ngrün\r\n$2\r\n-5\r\n$2\r\n\r\n\r\n");
    }

    [Theory]
    [InlineData("+OK\r\n")]
    [InlineData("-ERR x\r\n")]
    [InlineData(":-7\r\n")]
    [InlineData("$2\r\nhi\r\n")]
    [InlineData("_\r\n")]
    [InlineData("*2\r\n:1\r\n*0\r\n")]
    [InlineData("%1\r\n$1\r\nk\r\n~1\r\n:1\r\n")]
    [InlineData(">1\r\n$1\r\nx\r\n")]
    public async Task A_RESP3_client_gets_every_type_as_it_is(string wire) =>
        (await WriteAsync(output => RespValueWriter.WriteAsync(output, Parse(wire), protocol: 3))).Should().Be(wire);

    [Theory]
    [InlineData("_\r\n", "$-1\r\n")]
    [InlineData("%1\r\n$1\r\nk\r\n~1\r\n:1\r\n", "*2\r\n$1\r\nk\r\n*1\r\n:1\r\n")]
    [InlineData(">1\r\n$1\r\nx\r\n", "*1\r\n$1\r\nx\r\n")]
    public async Task A_RESP2_client_gets_the_nearest_type_it_knows(string value, string wire) =>
        (await WriteAsync(output => RespValueWriter.WriteAsync(output, Parse(value), protocol: 2))).Should().Be(wire);

    [Fact]
    public async Task A_large_value_waits_for_the_reader()
    {
        Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 64 * 1024, resumeWriterThreshold: 32 * 1024, useSynchronizationContext: false));
        Task writing = WriteAndCompleteAsync(pipe.Writer, ["SET", "k", new byte[1024 * 1024]]);
        writing.IsCompleted.Should().BeFalse();
        long received = 0;
        for (bool isOver = false; !isOver;)
        {
            ReadResult result = await pipe.Reader.ReadAsync().Guarded();
            isOver = result.IsCompleted;
            result.Buffer.Length.Should().BeLessThan(256 * 1024, "the pipe holds what the thresholds allow, not the whole value");
            received += result.Buffer.Length;
            pipe.Reader.AdvanceTo(result.Buffer.End);
        }

        await writing.Guarded();
        received.Should().Be(1024 * 1024 + "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1048576\r\n\r\n".Length);
    }

    private static async Task WriteAndCompleteAsync(PipeWriter output, RespArgument[] command)
    {
        await RespWriter.WriteCommandAsync(output, command);
        await RespWriter.FlushAsync(output);
        await output.CompleteAsync();
    }

    private static RespValue Parse(string wire)
    {
        System.Buffers.ReadOnlySequence<byte> buffer = new(Encoding.UTF8.GetBytes(wire));
        new RespParser(RespLimits.Default).TryParse(ref buffer, out RespValue? value).Should().BeTrue();
        return value!;
    }

    private static async Task<string> WriteAsync(Func<PipeWriter, ValueTask> write)
    {
        using MemoryStream stream = new();
        PipeWriter writer = PipeWriter.Create(stream);
        await write(writer).Guarded();
        await writer.CompleteAsync().Guarded();
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
