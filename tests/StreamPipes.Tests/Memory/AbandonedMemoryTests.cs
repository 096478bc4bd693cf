using System.Buffers;
using System.IO.Pipelines;

namespace StreamPipes.Tests.Memory;

/// <summary>Memory that a caller may still use, who was not waited for, gets no second owner and is not cleared below its user, whatever pool it is from.</summary>
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
        _pool.Outstanding.Should().Be(1);
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

    private PipeConnectionOptions Options()
    {
        PipeOptions pipe = new(_pool, minimumSegmentSize: BlockSize, useSynchronizationContext: false);
        return new PipeConnectionOptions { ReceivePipeOptions = pipe, SendPipeOptions = pipe, ClearBuffers = true };
    }
}
