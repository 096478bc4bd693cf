using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using StreamPipes.Framing.Tests.Testing;

namespace StreamPipes.Framing.Tests.Writing;

/// <summary>From an asynchronous sequence: flushed when the source pauses and when a batch is full, never faster than the other side reads.</summary>
public sealed class WriteAllTests
{
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 64, resumeWriterThreshold: 32, useSynchronizationContext: false));

    [Fact]
    public async Task A_source_that_pauses_is_sent_message_by_message()
    {
        Channel<string> source = Channel.CreateUnbounded<string>();
        Task<FlushResult> writing = Writer().WriteAllAsync(source.Reader.ReadAllAsync(), Encode);
        foreach (string text in (string[])["one", "two", "three"])
        {
            source.Writer.TryWrite(text);
            (await _pipe.Reader.ReadTextAsync(text.Length + 1)).Should().Be(text + "\n", "it is sent although the source has not ended");
        }

        source.Writer.Complete();
        (await writing.Guarded()).IsCompleted.Should().BeFalse();
        await _pipe.Writer.CompleteAsync();
        await _pipe.Reader.ShouldEndAsync();
    }

    [Fact]
    public async Task A_source_that_has_more_ready_is_sent_in_batches()
    {
        Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 0));
        CountingPipeWriter counting = new(pipe.Writer);
        FrameWriter writer = new(counting, FrameFormat.Lines(100)) { BatchSize = 50 };
        await writer.WriteAllAsync(ReadyAsync(100), Encode).Guarded();

        // 100 frames of 10 bytes, 5 in a batch, and the last flush.
        counting.Flushes.Should().Be(21);
        await pipe.Writer.CompleteAsync();
        (await pipe.Reader.TakeAllAsync()).Should().HaveCount(1000);
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.BatchSize = 0);
    }

    [Fact]
    public async Task A_source_is_not_asked_for_more_while_the_pipe_is_full()
    {
        int asked = 0;
        Task<FlushResult> writing = Writer(batchSize: 10).WriteAllAsync(CountedAsync(), Encode);
        ReadResult full = await _pipe.Reader.ReadAtLeastAsync(64).Guarded();
        asked.Should().Be(7, "that many frames of 10 bytes fill the 64 bytes of the pipe");
        _pipe.Reader.AdvanceTo(full.Buffer.Start);
        (await _pipe.Reader.TakeAsync(1000)).Should().HaveCount(1000);
        await writing.Guarded();
        asked.Should().Be(100);

        async IAsyncEnumerable<string> CountedAsync()
        {
            await foreach (string text in ReadyAsync(100))
            {
                asked++;
                yield return text;
            }
        }
    }

    [Fact]
    public async Task A_reader_that_has_left_ends_it_and_the_source_is_disposed()
    {
        bool isDisposed = false;
        await _pipe.Reader.CompleteAsync();
        FlushResult result = await Writer(batchSize: 1).WriteAllAsync(EndlessAsync(), Encode).Guarded();
        result.IsCompleted.Should().BeTrue();
        isDisposed.Should().BeTrue();

        async IAsyncEnumerable<string> EndlessAsync()
        {
            try
            {
                while (true)
                {
                    await Task.CompletedTask;
                    yield return "more";
                }
            }
            finally
            {
                isDisposed = true;
            }
        }
    }

    [Fact]
    public async Task A_reader_that_has_left_ends_the_wait_for_a_source_that_has_nothing_ready()
    {
        await _pipe.Reader.CompleteAsync();
        bool isCancelled = false;
        FlushResult result = await Writer().WriteAllAsync(OneAndThenNothingAsync(), Encode).Guarded();
        result.IsCompleted.Should().BeTrue();
        isCancelled.Should().BeTrue();

        async IAsyncEnumerable<string> OneAndThenNothingAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            yield return "one";
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            finally
            {
                isCancelled = cancellationToken.IsCancellationRequested;
            }
        }
    }

    [Fact]
    public async Task A_fault_of_the_pipe_surfaces_as_it_is_also_while_the_source_is_at_work()
    {
        InvalidDataException fault = new("the cable");
        await _pipe.Reader.CompleteAsync(fault);
        FaultyFlushes flushes = new(_pipe.Writer, fault);
        Channel<string> source = Channel.CreateUnbounded<string>();
        source.Writer.TryWrite("one");
        InvalidDataException thrown = await Assert.ThrowsAsync<InvalidDataException>(() =>
            new FrameWriter(flushes, FrameFormat.Lines(100)).WriteAllAsync(source.Reader.ReadAllAsync(), Encode).Guarded());
        thrown.Should().BeSameAs(fault);
    }

    [Fact]
    public async Task An_exception_of_the_source_surfaces_and_the_frames_before_it_are_sent_with_the_next_flush()
    {
        InvalidDataException fault = new("no more quotes");
        FrameWriter writer = Writer();
        (await Assert.ThrowsAsync<InvalidDataException>(() => writer.WriteAllAsync(FailingAsync(), Encode).Guarded())).Should().BeSameAs(fault);
        await writer.FlushAsync();
        (await _pipe.Reader.ReadTextAsync(4)).Should().Be("one\n");

        async IAsyncEnumerable<string> FailingAsync()
        {
            await Task.CompletedTask;
            yield return "one";
            throw fault;
        }
    }

    [Fact]
    public async Task An_exception_of_the_encoder_drops_its_frame_whole()
    {
        FrameWriter writer = Writer();
        InvalidDataException thrown = await Assert.ThrowsAsync<InvalidDataException>(() => writer.WriteAllAsync(ReadyAsync(3), (text, output) =>
        {
            output.Write(Encoding.ASCII.GetBytes(text));
            if (text.EndsWith('1')) throw new InvalidDataException(text);
        }).Guarded());
        thrown.Message.Should().Be("message 1");
        writer.Write("after it"u8);
        await writer.FlushAsync();
        (await _pipe.Reader.ReadTextAsync(19)).Should().Be("message 0\nafter it\n");
    }

    [Fact]
    public async Task A_frame_over_the_maximum_ends_it_after_the_frames_before_it()
    {
        FrameWriter writer = new(_pipe.Writer, FrameFormat.Lines(5));
        FrameException error = await Assert.ThrowsAsync<FrameException>(() => writer.WriteAllAsync(TextsAsync("short", "much too long"), Encode).Guarded());
        error.Position.Should().Be(6);
        await writer.FlushAsync();
        (await _pipe.Reader.ReadTextAsync(6)).Should().Be("short\n");
    }

    [Fact]
    public async Task A_token_ends_the_wait_for_the_source_and_what_was_written_has_been_sent()
    {
        using CancellationTokenSource source = new();
        Channel<string> texts = Channel.CreateUnbounded<string>();
        texts.Writer.TryWrite("one");
        Task<FlushResult> writing = Writer().WriteAllAsync(texts.Reader.ReadAllAsync(), Encode, source.Token);
        (await _pipe.Reader.ReadTextAsync(4)).Should().Be("one\n");
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing.Guarded());
    }

    [Fact]
    public async Task A_token_ends_the_wait_for_a_pipe_that_is_full()
    {
        using CancellationTokenSource source = new();
        Task<FlushResult> writing = Writer(batchSize: 10).WriteAllAsync(ReadyAsync(100), Encode, source.Token);
        await _pipe.Reader.ReadAtLeastAsync(64).Guarded();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing.Guarded());
    }

    [Fact]
    public async Task A_cancelled_flush_ends_it_and_loses_no_frame()
    {
        FrameWriter writer = Writer(batchSize: 10);
        Task<FlushResult> writing = writer.WriteAllAsync(ReadyAsync(100), Encode);
        ReadResult full = await _pipe.Reader.ReadAtLeastAsync(64).Guarded();
        _pipe.Writer.CancelPendingFlush();
        await Assert.ThrowsAsync<OperationCanceledException>(() => writing.Guarded());
        _pipe.Reader.AdvanceTo(full.Buffer.Start);
        await _pipe.Writer.CompleteAsync();
        (await _pipe.Reader.TakeAllAsync()).Should().HaveCount((int)writer.Position);
    }

    [Fact]
    public async Task Arguments_that_are_missing_are_named()
    {
        (await Assert.ThrowsAsync<ArgumentNullException>(() => Writer().WriteAllAsync<string>(null!, Encode))).ParamName.Should().Be("source");
        (await Assert.ThrowsAsync<ArgumentNullException>(() => Writer().WriteAllAsync(ReadyAsync(1), null!))).ParamName.Should().Be("encoder");
    }

    private FrameWriter Writer(int batchSize = 16384) => new(_pipe.Writer, FrameFormat.Lines(100)) { BatchSize = batchSize };

    private static void Encode(string text, IBufferWriter<byte> output) => output.Write(Encoding.ASCII.GetBytes(text));

    private static async IAsyncEnumerable<string> TextsAsync(params string[] texts)
    {
        await Task.CompletedTask;
        foreach (string text in texts) yield return text;
    }

    private static IAsyncEnumerable<string> ReadyAsync(int count) => TextsAsync([.. Enumerable.Range(0, count).Select(i => $"message {i % 10}")]);

    private sealed class FaultyFlushes(PipeWriter inner, Exception fault) : PipeWriter
    {
        public override void Advance(int bytes) => inner.Advance(bytes);

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => new(Task.FromException<FlushResult>(fault));

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }
}
