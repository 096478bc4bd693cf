using System.IO.Pipelines;

namespace StreamPipes.Tests.Threads;

/// <summary>Whose thread sends a message: the writer's own once both sides take turns, and nobody waits for the reader.</summary>
public sealed class TurnTakingTests
{
    private readonly HandedOperations _reads = new();
    private readonly HandedOperations _writes = new();
    private readonly ScriptedStream _stream = new();

    [Fact]
    public Task After_two_turns_the_writers_thread_sends_its_message() => Task.Run(async () =>
    {
        PipeConnection connection = await TalkAsync(1, 1);

        WhoSends(connection).Should().Be(Environment.CurrentManagedThreadId);
    });

    [Fact]
    public Task After_five_turns_the_writers_thread_sends_its_message() => Task.Run(async () =>
    {
        PipeConnection connection = await TalkAsync(1, 1, 1, 1, 1);

        WhoSends(connection).Should().Be(Environment.CurrentManagedThreadId);
    });

    [Fact]
    public Task After_one_turn_the_writers_thread_does_not_send_its_message() => Task.Run(async () =>
    {
        PipeConnection connection = await TalkAsync(1);

        WhoSends(connection).Should().NotBe(Environment.CurrentManagedThreadId);
    });

    [Fact]
    public Task After_a_turn_of_two_messages_the_writers_thread_does_not_send_its_message() => Task.Run(async () =>
    {
        PipeConnection connection = await TalkAsync(1, 1, 2, 1);

        WhoSends(connection).Should().NotBe(Environment.CurrentManagedThreadId);
    });

    [Fact]
    public Task A_second_message_before_the_answer_is_not_sent_on_the_writers_thread() => Task.Run(async () =>
    {
        PipeConnection connection = await TalkAsync(1, 1);
        WhoSends(connection).Should().Be(Environment.CurrentManagedThreadId);

        WhoSends(connection).Should().NotBe(Environment.CurrentManagedThreadId);
    });

    [Fact]
    public Task A_message_while_a_read_is_pending_is_not_sent_on_the_writers_thread() => Task.Run(async () =>
    {
        PipeConnection connection = await TalkAsync(1, 1);
        Task read = connection.Input.ReadAsync().AsTask();

        WhoSends(connection).Should().NotBe(Environment.CurrentManagedThreadId);

        read.IsCompleted.Should().BeFalse();
    });

    [Fact]
    public Task A_stream_that_may_block_gets_a_thread_of_the_pool() => Task.Run(async () =>
    {
        PipeConnection connection = await TalkAsync(lendsThreads: false, 1, 1);

        WhoSends(connection).Should().NotBe(Environment.CurrentManagedThreadId);
    });

    [Fact]
    public Task A_thread_with_a_context_of_its_own_is_not_lent() => Task.Run(async () =>
    {
        PipeConnection connection = await TalkAsync(1, 1);
        SynchronizationContext.SetSynchronizationContext(new SynchronizationContext());
        try
        {
            WhoSends(connection).Should().NotBe(Environment.CurrentManagedThreadId);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(null);
        }
    });

    private Task<PipeConnection> TalkAsync(params int[] turns) => TalkAsync(lendsThreads: true, turns);

    /// <summary>Turns of so many messages and an answer. Afterwards the sender waits for something to do.</summary>
    private async Task<PipeConnection> TalkAsync(bool lendsThreads, params int[] turns)
    {
        TransportDouble transport = new(_stream) { Reads = _reads, Writes = _writes, LendsThreads = lendsThreads };
        PipeConnection connection = PipeConnection.Over(transport, new PipeConnectionOptions());
        foreach (int messages in turns)
        {
            for (int i = 0; i < messages; i++) (await connection.Output.WriteAsync(new byte[1])).IsCanceled.Should().BeFalse();
            Task<ReadResult> answer = connection.Input.ReadAsync().AsTask();
            for (int sent = 0; sent < messages;)
            {
                HandedOperation write = await _writes.NextAsync();
                sent += write.Length;
                write.Complete();
            }

            (await _reads.NextAsync()).Complete(1);
            connection.Input.AdvanceTo((await answer.Guarded()).Buffer.End);
        }

        return connection;
    }

    /// <summary>Sends a message without giving this thread away, so that nobody else runs on it.</summary>
    private int WhoSends(PipeConnection connection)
    {
        Blocking.WaitGuarded(connection.Output.WriteAsync(new byte[1]).AsTask());
        HandedOperation write = Blocking.WaitGuarded(_writes.NextAsync());
        write.Complete();
        return write.Thread;
    }
}
