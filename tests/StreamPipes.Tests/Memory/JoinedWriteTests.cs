using System.Buffers;
using System.IO.Pipelines;
using StreamPipes.Buffers;

namespace StreamPipes.Tests.Memory;

/// <summary>How much memory small pieces take that are joined into one write.</summary>
public sealed class JoinedWriteTests
{
    [Theory]
    [InlineData(1 << 17)]
    [InlineData(1 << 30)]
    [InlineData(int.MaxValue)]
    public void A_joined_write_takes_about_the_memory_it_needs_however_large_it_may_be(int maximum)
    {
        WriteJoiner joiner = new(new PipeConnectionOptions { MaximumWriteSize = maximum });

        joiner.JoinToArray(Pieces(40_000)).Array.Should().HaveCount(64 * 1024);

        joiner.Release();
    }

    [Theory]
    [InlineData(1 << 17)]
    [InlineData(int.MaxValue)]
    public void Joined_writes_that_grow_share_their_memory(int maximum)
    {
        CountingMemoryPool pool = new();
        WriteJoiner joiner = new(new PipeConnectionOptions { MaximumWriteSize = maximum, SendPipeOptions = new PipeOptions(pool) });

        for (int length = 100; length <= 60_000; length += 100) joiner.Join(Pieces(length)).Length.Should().Be(length);

        pool.Rented.Should().Be(2, "a block does for the small ones, and one of twice its size for the others");
        joiner.Release();
        pool.AssertClean();
    }

    [Theory]
    [InlineData(500)]
    [InlineData(48 * 1024)]
    public void A_joined_write_takes_what_the_pieces_need_at_most(int maximum)
    {
        WatchfulMemoryPool pool = new();
        WriteJoiner joiner = new(new PipeConnectionOptions { MaximumWriteSize = maximum, SendPipeOptions = new PipeOptions(pool) });

        joiner.Join(Pieces(maximum - 10));
        joiner.Release();

        pool.Largest.Should().Be(maximum);
    }

    [Theory]
    [InlineData(1 << 30)]
    [InlineData(int.MaxValue)]
    public async Task A_connection_whose_MaximumWriteSize_is_huge_sends(int maximum)
    {
        byte[] payload = Payload.Seeded(40_000);
        ScriptedStream stream = new ScriptedStream().Eof();
        PipeConnection connection = StreamConnection.Create(stream, new PipeConnectionOptions { MaximumWriteSize = maximum });

        await connection.Output.WriteAsync(payload).Guarded();
        await connection.Output.CompleteAsync().Guarded();
        await connection.DisposeAsync().Guarded();

        stream.Written.Should().Equal(payload);
        await connection.Completion.Guarded();
    }

    private static ReadOnlySequence<byte> Pieces(int length)
    {
        Piece first = new(new byte[1], start: 0);
        return new ReadOnlySequence<byte>(first, 0, first.Before(new byte[length - 1]), length - 1);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(byte[] bytes, long start)
        {
            Memory = bytes;
            RunningIndex = start;
        }

        public Piece Before(byte[] bytes)
        {
            Piece next = new(bytes, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }

    /// <summary>A pool that notes the largest block it was asked for.</summary>
    private sealed class WatchfulMemoryPool : MemoryPool<byte>
    {
        private readonly CountingMemoryPool _inner = new(blockSize: 1);

        public int Largest { get; private set; }

        public override int MaxBufferSize => int.MaxValue;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
        {
            Largest = Math.Max(Largest, minBufferSize);
            return _inner.Rent(minBufferSize);
        }

        protected override void Dispose(bool disposing)
        {
            // Nothing of its own.
        }
    }
}
