using System.IO.Pipelines;
using System.Text;

namespace StreamPipes.Tests.SharedWriting;

/// <summary>Many callers of one writer: whole messages, shared flushes, order.</summary>
public sealed class SharedWriterTests
{
    private const int Writers = 50;
    private const int Messages = 1000;

    private readonly ScriptedPipeWriter _writer = new();
    private readonly SharedPipeWriter _shared;

    public SharedWriterTests() => _shared = new SharedPipeWriter(_writer);

    public enum Target
    {
        Pipe,
        PipeThatIsOftenFull,
        Connection,
        StreamPipeWriter,
    }

    [Theory]
    [InlineData(Target.Pipe)]
    [InlineData(Target.PipeThatIsOftenFull)]
    [InlineData(Target.Connection)]
    [InlineData(Target.StreamPipeWriter)]
    public async Task Fifty_writers_have_a_thousand_messages_each_arrive_whole_and_in_order(Target target)
    {
        (PipeWriter inner, PipeReader reader) = Open(target);
        CountingPipeWriter counted = new(inner);
        SharedPipeWriter shared = new(counted);
        Task<List<(int Writer, int Number)>> reading = Task.Run(() => NumberedMessages.ReadAllAsync(reader));

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(shared, writer)))).WaitAsync(TimeSpan.FromSeconds(60));
        await shared.CompleteAsync().Guarded();

        List<(int Writer, int Number)> arrived = await reading.WaitAsync(TimeSpan.FromSeconds(60));
        arrived.Should().HaveCount(Writers * Messages);
        foreach (IGrouping<int, (int Writer, int Number)> of in arrived.GroupBy(message => message.Writer)) of.Select(message => message.Number).Should().Equal(Enumerable.Range(0, Messages));
        counted.Flushes.Should().BeLessThan(Writers * Messages);

        static async Task WriteAsync(SharedPipeWriter shared, int writer)
        {
            for (int number = 0; number < Messages; number++)
            {
                if (number % 3 != 0)
                {
                    await shared.WriteAsync(NumberedMessages.Create(writer, number));
                    continue;
                }

                int length = NumberedMessages.LengthOf(writer, number);
                using PipeWriterLease lease = await shared.LeaseAsync(length);
                NumberedMessages.Fill(lease.Memory.Span[..length], writer, number);
                await lease.CommitAsync(length);
            }
        }
    }

    [Fact]
    public async Task Those_who_come_during_a_flush_share_the_next_one()
    {
        _writer.Hold();
        List<Task<FlushResult>> writes = [];
        for (char c = 'a'; c <= 'z'; c++) writes.Add(_shared.WriteAsync(Bytes($"{c}")).AsTask());
        _writer.Flushes.Should().Be(1);

        _writer.Release();

        foreach (Task<FlushResult> write in writes) await write.Guarded();
        _writer.Flushes.Should().Be(2);
        Text.Should().Be("abcdefghijklmnopqrstuvwxyz");
        _writer.Misuses.Should().Be(0);
    }

    [Fact]
    public async Task No_flush_of_many_large_messages_has_much_more_than_one_write_of_a_stream()
    {
        _writer.Hold();
        Task<FlushResult> first = _shared.WriteAsync(Bytes("a")).AsTask();
        Task<FlushResult>[] large = [.. Enumerable.Range(0, 4).Select(_ => _shared.WriteAsync(new byte[20 * 1024]).AsTask())];

        _writer.Release();

        await Task.WhenAll(large).Guarded();
        await first.Guarded();
        _writer.Flushes.Should().Be(3, "two messages exceed what a stream takes at once");
    }

    [Fact]
    public void A_lone_writer_has_its_flush_and_completes_at_once()
    {
        for (int i = 1; i <= 3; i++)
        {
            _shared.WriteAsync(Bytes("x")).AsTask().IsCompletedSuccessfully.Should().BeTrue();
            _writer.Flushes.Should().Be(i);
        }

        Text.Should().Be("xxx");
    }

    [Fact]
    public async Task A_message_larger_than_a_piece_of_memory_goes_out_whole()
    {
        ScriptedPipeWriter writer = new(pieceSize: 7);
        byte[] message = Payload.Seeded(1000);

        await new SharedPipeWriter(writer).WriteAsync(message).Guarded();

        writer.Written.Should().Equal(message);
    }

    [Fact]
    public async Task What_a_flush_returns_all_of_its_callers_receive()
    {
        _writer.Hold();
        Task<FlushResult> first = _shared.WriteAsync(Bytes("a")).AsTask();
        Task<FlushResult> second = _shared.WriteAsync(Bytes("b")).AsTask();
        Task<FlushResult> third = _shared.WriteAsync(Bytes("c")).AsTask();
        _writer.Release(new FlushResult(isCanceled: true, isCompleted: false), holdsOn: true);
        (await first.Guarded()).IsCanceled.Should().BeTrue();
        await _writer.GetHeldTask().Guarded();

        _writer.Release(new FlushResult(isCanceled: false, isCompleted: true));

        (await second.Guarded()).IsCompleted.Should().BeTrue();
        (await third.Guarded()).IsCompleted.Should().BeTrue();
    }

    [Fact]
    public async Task A_caller_that_is_resumed_and_blocks_its_thread_holds_up_no_other()
    {
        _writer.Hold();
        using ManualResetEventSlim blocked = new();
        using ManualResetEventSlim released = new();
        Task blocking = BlockAfterAsync(_shared.WriteAsync(Bytes("a")));
        Task<FlushResult> other = _shared.WriteAsync(Bytes("b")).AsTask();

        _writer.Release();

        await Task.Run(() => blocked.Wait(HangGuard.Limit)).Guarded();
        await other.Guarded();
        released.Set();
        await blocking.Guarded();

        async Task BlockAfterAsync(ValueTask<FlushResult> write)
        {
            await write.ConfigureAwait(false);
            blocked.Set();
            released.Wait(HangGuard.Limit).Should().BeTrue();
        }
    }

    [Fact]
    public async Task Completing_waits_for_those_who_came_before_and_refuses_those_who_come_after()
    {
        _writer.Hold();
        Task<FlushResult> first = _shared.WriteAsync(Bytes("a")).AsTask();
        Task<FlushResult> second = _shared.WriteAsync(Bytes("b")).AsTask();
        Task completing = _shared.CompleteAsync().AsTask();
        Task<FlushResult> late = _shared.WriteAsync(Bytes("c")).AsTask();
        _writer.IsCompleted.Should().BeFalse();

        _writer.Release();

        await completing.Guarded();
        await first.Guarded();
        await second.Guarded();
        await Assert.ThrowsAsync<InvalidOperationException>(() => late.Guarded());
        await Assert.ThrowsAsync<InvalidOperationException>(() => _shared.WriteAsync(Bytes("d")).Guarded());
        await Assert.ThrowsAsync<InvalidOperationException>(() => _shared.LeaseAsync(1).Guarded());
        await _shared.CompleteAsync().Guarded();
        Text.Should().Be("ab");
        _writer.CompletedWith.Should().BeNull();
        _writer.Misuses.Should().Be(0);
    }

    [Fact]
    public async Task Completing_with_an_exception_gives_it_to_the_writer_and_to_those_who_come_after()
    {
        InvalidDataException reason = new("Enough.");

        await _shared.CompleteAsync(reason).Guarded();

        _writer.CompletedWith.Should().BeSameAs(reason);
        (await Assert.ThrowsAsync<InvalidDataException>(() => _shared.WriteAsync(Bytes("a")).Guarded())).Should().BeSameAs(reason);
    }

    [Fact]
    public void A_missing_writer_is_named() => Assert.Throws<ArgumentNullException>("writer", () => new SharedPipeWriter(null!));

    private string Text => Encoding.ASCII.GetString(_writer.Written);

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);

    private static (PipeWriter Writer, PipeReader Reader) Open(Target target)
    {
        switch (target)
        {
            case Target.Pipe:
                Pipe pipe = new();
                return (pipe.Writer, pipe.Reader);
            case Target.PipeThatIsOftenFull:
                Pipe small = new(new PipeOptions(pauseWriterThreshold: 1000, resumeWriterThreshold: 500, useSynchronizationContext: false));
                return (small.Writer, small.Reader);
            case Target.Connection:
                StreamPair pair = StreamPairs.InMemory();
                return (StreamConnection.Create(pair.Client).Output, StreamConnection.Create(pair.Server).Input);
            default:
                Pipe below = new();
                return (PipeWriter.Create(below.Writer.AsStream()), below.Reader);
        }
    }
}
