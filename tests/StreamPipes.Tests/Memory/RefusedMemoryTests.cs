using System.Buffers;
using System.IO.Pipelines;

namespace StreamPipes.Tests.Memory;

/// <summary>A pool that has nothing left ends the connection with its own exception, or the call that needed the memory, and loses no block.</summary>
public sealed class RefusedMemoryTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task A_refusal_to_the_receive_pump_is_a_fault_of_the_read_after_every_byte_before_it(int blocks)
    {
        RefusingMemoryPool pool = new(blocks);
        byte[] sent = Payload.Seeded(10_000);
        await using PipeConnection connection = StreamConnection.Create(
            new ScriptedStream().Read(sent),
            new PipeConnectionOptions { ReceivePipeOptions = Pipes(pool), MinimumReadSize = 256 });
        List<byte> received = [];

        Exception? thrown = await Thrown.ByAsync(async () =>
        {
            while (true)
            {
                ReadResult result = await connection.Input.ReadAsync().Guarded();
                result.IsCompleted.Should().BeFalse("a refusal is no end");

                // Nothing is consumed, so that no block comes back.
                received = [.. result.Buffer.ToArray()];
                connection.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            }
        });

        thrown.Should().BeSameAs(pool.Refusal);
        (await Thrown.ByAsync(() => connection.Completion.Guarded())).Should().BeSameAs(pool.Refusal);
        connection.CloseReason.Should().Be(CloseReason.ReadFault);
        received.Should().Equal(sent[..received.Count]);
        await connection.DisposeAsync().Guarded();
        pool.AssertClean();
    }

    [Fact]
    public async Task A_refusal_to_the_writer_is_thrown_where_the_memory_is_asked_for_and_the_connection_lives_on()
    {
        RefusingMemoryPool pool = new(blocks: 1);
        ScriptedStream stream = new();
        PipeConnection connection = StreamConnection.Create(stream, new PipeConnectionOptions { SendPipeOptions = Pipes(pool) });
        connection.Output.Put(Payload.Seeded(256));

        Record.Exception(() => _ = connection.Output.GetMemory(1)).Should().BeSameAs(pool.Refusal);
        Record.Exception(() => _ = connection.Output.GetSpan(300)).Should().BeSameAs(pool.Refusal);

        await connection.Output.FlushAsync().Guarded();
        await connection.DisposeAsync().Guarded();
        stream.Written.Should().Equal(Payload.Seeded(256));
        connection.CloseReason.Should().Be(CloseReason.LocalClose);
        pool.AssertClean();
    }

    [Fact]
    public async Task A_message_that_was_copied_in_part_does_not_pass_for_a_whole_one()
    {
        RefusingMemoryPool pool = new(blocks: 2);
        ScriptedStream stream = new();
        PipeConnection connection = StreamConnection.Create(stream, new PipeConnectionOptions { SendPipeOptions = Pipes(pool) });

        (await Thrown.ByAsync(() => connection.Output.WriteAsync(Payload.Seeded(600)).Guarded())).Should().BeSameAs(pool.Refusal);

        (await Thrown.ByAsync(() => connection.Output.FlushAsync().Guarded())).Should().BeSameAs(pool.Refusal);
        (await Thrown.ByAsync(() => connection.Completion.Guarded())).Should().BeSameAs(pool.Refusal);
        connection.CloseReason.Should().Be(CloseReason.Aborted);
        await connection.DisposeAsync().Guarded();
        stream.Written.Should().BeEmpty();
        pool.AssertClean();
    }

    [Fact]
    public async Task A_message_that_was_not_begun_is_refused_and_the_connection_lives_on()
    {
        RefusingMemoryPool pool = new(blocks: 0);
        await using PipeConnection connection = StreamConnection.Create(new ScriptedStream(), new PipeConnectionOptions { SendPipeOptions = Pipes(pool) });

        (await Thrown.ByAsync(() => connection.Output.WriteAsync(new byte[1]).Guarded())).Should().BeSameAs(pool.Refusal);

        await connection.Output.FlushAsync().Guarded();
        connection.CloseReason.Should().Be(CloseReason.None);
    }

    [Fact]
    public async Task Flushes_still_reach_the_stream_after_a_message_that_was_refused()
    {
        RefusingMemoryPool pool = new(blocks: 0);
        ScriptedStream stream = new();
        await using PipeConnection connection = StreamConnection.Create(stream, new PipeConnectionOptions { SendPipeOptions = Pipes(pool), FlushThrough = true });
        (await Thrown.ByAsync(() => connection.Output.WriteAsync(new byte[1]).Guarded())).Should().BeSameAs(pool.Refusal);

        for (int i = 1; i <= 2; i++)
        {
            (await connection.Output.FlushAsync().Guarded()).IsCompleted.Should().BeFalse();
            stream.Calls(StreamOperation.Flush).Should().Be(i);
        }
    }

    [Fact]
    public async Task A_connection_whose_last_write_was_refused_closes_in_order()
    {
        RefusingMemoryPool pool = new(blocks: 0);
        PipeConnection connection = StreamConnection.Create(new ScriptedStream(), new PipeConnectionOptions { SendPipeOptions = Pipes(pool) });
        (await Thrown.ByAsync(() => connection.Output.WriteAsync(new byte[1]).Guarded())).Should().BeSameAs(pool.Refusal);

        await connection.Output.CompleteAsync().Guarded();
        await connection.DisposeAsync().Guarded();

        await connection.Completion.Guarded();
        connection.CloseReason.Should().Be(CloseReason.LocalClose);
    }

#if !LIBRARY_NETSTANDARD
    // Streams of the old framework take only arrays, which no caller's pool can be asked for.
    [Fact]
    public async Task A_refusal_to_the_send_pump_is_a_fault_of_the_write()
    {
        // Two blocks for the writer, and none to join them into one write.
        RefusingMemoryPool pool = new(blocks: 2);
        ScriptedStream stream = new ScriptedStream().Eof();
        PipeConnection connection = StreamConnection.Create(stream, new PipeConnectionOptions { SendPipeOptions = Pipes(pool) });
        connection.Output.Put(Payload.Seeded(200));
        connection.Output.Put(Payload.Seeded(200));

        Exception? thrown = await Thrown.ByAsync(() => connection.Output.CompleteAsync().Guarded());

        thrown.Should().BeSameAs(pool.Refusal);
        (await Thrown.ByAsync(() => connection.Completion.Guarded())).Should().BeSameAs(pool.Refusal);
        connection.CloseReason.Should().Be(CloseReason.WriteFault);
        await connection.DisposeAsync().Guarded();
        pool.AssertClean();
    }
#endif

    private static PipeOptions Pipes(RefusingMemoryPool pool) => new(pool, minimumSegmentSize: 256, useSynchronizationContext: false);
}
