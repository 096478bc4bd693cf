using System.Buffers;
using System.IO.Pipelines;

namespace StreamPipes.Tests.Memory;

/// <summary>Memory that a caller may still use, who was not waited for, gets no second owner and is not cleared below its user, whatever pool it is from. It goes back when the caller gives it back.</summary>
public sealed class AbandonedMemoryTests
{
    private const int BlockSize = 1024;
    private readonly CountingMemoryPool _pool = new(BlockSize);

    [Theory]
    [InlineData(10)]
    [InlineData(5 * BlockSize)]
    public async Task Memory_that_a_writer_fills_while_the_connection_is_disposed_is_not_given_back(int size)
    {
        PipeConnection connection = StreamConnection.Create(new ScriptedStream().Eof(), Options());
        Memory<byte> memory = connection.Output.GetMemory(size);
        memory.Span.Fill(1);

        await connection.DisposeAsync().Guarded();

        memory.Span.ContainsAnyExcept((byte)1).Should().BeFalse("it is still the writer's");
        _pool.Outstanding.Should().BePositive();
        Record.Exception(() => connection.Output.Advance(1)).Should().BeOfType<ObjectDisposedException>();
        _pool.AssertClean();
    }

    [Fact]
    public async Task A_buffer_that_a_reader_parses_while_the_connection_is_disposed_is_not_given_back()
    {
        byte[] message = [.. Enumerable.Repeat((byte)1, 3 * BlockSize)];
        PipeConnection connection = StreamConnection.Create(new ScriptedStream().Read(message).Eof(), Options());
        ReadResult read = await connection.Input.ReadAtLeastAsync(message.Length).Guarded();

        await connection.DisposeAsync().Guarded();

        read.Buffer.ToArray().Should().Equal(message);
        _pool.Outstanding.Should().BePositive();
        Record.Exception(() => connection.Input.AdvanceTo(read.Buffer.End)).Should().BeOfType<ObjectDisposedException>();
        _pool.AssertClean();
    }

    [Fact]
    public async Task A_writer_that_asks_for_memory_after_the_end_gives_back_what_it_had()
    {
        PipeConnection connection = StreamConnection.Create(new ScriptedStream().Eof(), Options());
        _ = connection.Output.GetMemory(10);
        await connection.DisposeAsync().Guarded();
        _pool.Outstanding.Should().BePositive();

        Record.Exception(() => _ = connection.Output.GetMemory(10)).Should().BeOfType<ObjectDisposedException>();

        _pool.AssertClean();
    }

    [Fact]
    public async Task A_writer_that_comes_back_twice_after_the_end_does_not_take_the_memory_from_a_write_that_is_under_way()
    {
        byte[] message = [.. Enumerable.Repeat((byte)1, 100)];
        ScriptedStream stream = new ScriptedStream().Eof().Hold(StreamOperation.Write);
        PipeConnection connection = StreamConnection.Create(stream, Options());
        connection.Output.Put(message);
        _ = connection.Output.GetMemory(10);
        connection.Output.Complete();
        await stream.GetCalledTask(StreamOperation.Write).Guarded();

        Record.Exception(() => connection.Output.Advance(1)).Should().BeOfType<InvalidOperationException>();
        Record.Exception(() => connection.Output.Advance(1)).Should().BeOfType<InvalidOperationException>();

        _pool.Outstanding.Should().BePositive("the stream still takes bytes from it");
        stream.Release(StreamOperation.Write);
        await connection.DisposeAsync().Guarded();
        stream.Written.Should().Equal(message);
        _pool.AssertClean();
    }

    [Fact]
    public async Task A_buffer_that_is_given_back_twice_after_the_end_does_not_take_the_memory_from_a_read_that_the_stream_keeps()
    {
        byte[] message = [.. Enumerable.Repeat((byte)1, BlockSize + 1)];
        ScriptedStream stream = new ScriptedStream { IgnoresTokens = true }.Read(message);
        PipeConnection connection = StreamConnection.Create(stream, Options());
        ReadResult read = await connection.Input.ReadAtLeastAsync(message.Length).Guarded();
        await stream.GetCalledTask(StreamOperation.Read, times: 3).Guarded();
        connection.Input.Complete();

        Record.Exception(() => connection.Input.AdvanceTo(read.Buffer.End)).Should().BeOfType<InvalidOperationException>();
        Record.Exception(() => connection.Input.AdvanceTo(read.Buffer.End)).Should().BeOfType<InvalidOperationException>();

        _pool.Outstanding.Should().BePositive("the stream still fills it");
        connection.Abort();
        await connection.DisposeAsync().Guarded();
        _pool.AssertClean();
    }

    [Fact]
    public async Task The_buffer_of_a_cancelled_read_that_was_not_given_back_is_kept_at_the_end()
    {
        PipeConnection connection = StreamConnection.Create(new ScriptedStream().Read([1, 1, 1]), Options());
        ReadResult read = await ReadCanceledAsync(connection);

        await connection.DisposeAsync().Guarded();

        read.Buffer.ToArray().Should().Equal(1, 1, 1);
        _pool.Outstanding.Should().BePositive("another thread may still parse it");
        Record.Exception(() => connection.Input.AdvanceTo(read.Buffer.Start)).Should().BeOfType<ObjectDisposedException>();
        _pool.AssertClean();
    }

    [Fact]
    public async Task A_detach_after_a_cancelled_read_takes_its_bytes_along_and_gives_every_block_back()
    {
        PipeConnection connection = StreamConnection.Create(new ScriptedStream().Read([1, 1, 1]), Options(survivesCanceledReads: true));
        await ReadCanceledAsync(connection);

        DetachedStream detached = await connection.DetachAsync().Guarded();

        detached.UnreadBytes.Should().Be(3);
        _pool.AssertClean();
        await detached.Stream.DisposeAsync();
    }

    [Fact]
    public async Task An_empty_buffer_that_was_not_given_back_keeps_no_memory()
    {
        PipeConnection connection = StreamConnection.Create(new ScriptedStream().Read([1]).Eof(), Options());
        (await connection.Input.TakeAsync(1)).Should().Equal(1);
        ReadResult end = await connection.Input.ReadAsync().Guarded();
        end.Buffer.IsEmpty.Should().BeTrue();

        await connection.DisposeAsync().Guarded();

        _pool.AssertClean();
    }

    [Fact]
    public async Task A_piece_larger_than_any_block_that_a_writer_fills_is_not_given_back()
    {
        PipeConnection connection = StreamConnection.Create(new ScriptedStream().Eof(), new PipeConnectionOptions { ClearBuffers = true });
        Memory<byte> memory = connection.Output.GetMemory(100_000);
        memory.Span.Fill(1);

        await connection.DisposeAsync().Guarded();

        byte[] other = ArrayPool<byte>.Shared.Rent(100_000);
        other.AsSpan().Fill(2);
        memory.Span.ContainsAnyExcept((byte)1).Should().BeFalse("it has no second owner, and was not cleared");
        ArrayPool<byte>.Shared.Return(other);
    }

    private static async Task<ReadResult> ReadCanceledAsync(PipeConnection connection)
    {
        (await connection.Input.ReadAsync().Guarded()).Buffer.Length.Should().Be(3);
        connection.Input.AdvanceTo(default);
        connection.Input.CancelPendingRead();
        ReadResult read = await connection.Input.ReadAsync().Guarded();
        (read.IsCanceled, read.Buffer.Length).Should().Be((true, 3));
        return read;
    }

    private PipeConnectionOptions Options(bool? survivesCanceledReads = null)
    {
        PipeOptions pipe = new(_pool, minimumSegmentSize: BlockSize, useSynchronizationContext: false);
        return new PipeConnectionOptions { ReceivePipeOptions = pipe, SendPipeOptions = pipe, ClearBuffers = true, SurvivesCanceledReads = survivesCanceledReads };
    }
}
