using System.IO.Pipelines;

namespace StreamPipes.Tests.PipeStreams;

/// <summary>Blocking writes that come back to the stream from inside its own flush, since the pipe runs its reader inline.</summary>
public sealed class ReentrantWriteTests
{
    private static readonly PipeOptions Inline = new(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Two_ends_that_answer_each_other_by_blocking_writes_over_inline_pipes_do_not_wait_for_themselves(bool flushes)
    {
        (IDuplexPipe near, IDuplexPipe far) = DuplexPipe.CreatePair(Inline);
        (Stream client, Stream server) = (near.AsStream(), far.AsStream());
        Task echo = AnswerAsync(server, 5, flushes);
        Task<string> answer = AnswerAsync(client, 5, flushes);

        Task first = Task.Factory.StartNew(() => Send(client, "hello"u8.ToArray(), flushes), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

        await first.Guarded();
        await echo.Guarded();
        (await answer.Guarded()).Should().Be("hello");
    }

    [Fact]
    public async Task A_blocking_write_from_inside_a_flush_in_the_background_goes_through()
    {
        (IDuplexPipe near, IDuplexPipe far) = DuplexPipe.CreatePair(Inline);
        Stream stream = near.AsStream();
        Task answering = AnswerOnceAsync();
        await stream.WriteAsync(new byte[] { 1 }).Guarded();

        // It coalesces, and the thread pool's flush runs the reader.
        await stream.WriteAsync(new byte[] { 2 }).Guarded();

        await answering.Guarded();
        await stream.FlushAsync().Guarded();
        (await far.Input.TakeAsync(1)).Should().Equal(3);

        // Its waits are the pipe's own, which the flush ends on its own thread.
        async Task AnswerOnceAsync()
        {
            for (byte expected = 1; expected <= 2; expected++)
            {
                ReadResult result = await far.Input.ReadAsync();
                result.Buffer.FirstSpan.ToArray().Should().Equal(expected);
                far.Input.AdvanceTo(result.Buffer.End);
            }

            stream.Write([3], 0, 1);
            stream.Flush();
        }
    }

    [Fact]
    public async Task A_blocking_write_from_inside_the_flush_of_another_kind_of_writer_is_refused_instead_of_waiting_for_itself()
    {
        (IDuplexPipe near, IDuplexPipe far) = DuplexPipe.CreatePair(Inline);
        Stream stream = new PipeHalves(near.Input, new CountingPipeWriter(near.Output)).AsStream();
        Task<Exception?> answering = AnswerOnceAsync();

        await Task.Factory.StartNew(() => stream.Write([1], 0, 1), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Guarded();

        (await answering.Guarded()).Should().BeOfType<InvalidOperationException>().Which.Message.Should().Contain("WriteAsync");

        async Task<Exception?> AnswerOnceAsync()
        {
            ReadResult result = await far.Input.ReadAsync();
            far.Input.AdvanceTo(result.Buffer.End);
            return Record.Exception(() => stream.Write([2], 0, 1));
        }
    }

    private static void Send(Stream stream, byte[] bytes, bool flushes)
    {
        stream.Write(bytes, 0, bytes.Length);
        if (flushes) stream.Flush();
    }

    /// <summary>Reads and answers that many times, on whatever thread it is resumed.</summary>
    private static async Task<string> AnswerAsync(Stream stream, int times, bool flushes)
    {
        byte[] buffer = new byte[16];
        int count = 0;
        for (int i = 0; i < times; i++)
        {
            count = await stream.ReadAsync(buffer);
            Send(stream, buffer[..count], flushes);
        }

        return System.Text.Encoding.UTF8.GetString(buffer, 0, count);
    }
}
