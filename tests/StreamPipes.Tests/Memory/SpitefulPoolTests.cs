using System.IO.Pipelines;

namespace StreamPipes.Tests.Memory;

/// <summary>
/// A pool that throws when it gets a block back harms nobody else: segments without memory are the whole process's, so that these tests run alone.
/// </summary>
[Collection(nameof(RunsAlone))]
public sealed class SpitefulPoolTests
{
    private readonly SpitefulMemoryPool _pool = new();

    [Fact]
    public async Task Two_connections_after_a_pool_has_thrown_at_a_return_share_nothing()
    {
        PipeConnection connection = StreamConnection.Create(new ScriptedStream().Read(new byte[300]).Eof(), Options());
        ReadResult result = await connection.Input.ReadAtLeastAsync(300).Guarded();
        _pool.IsSpiteful = true;
        Record.Exception(() => connection.Input.AdvanceTo(result.Buffer.GetPosition(150))).Should().BeSameAs(_pool.Spite);
        _pool.IsSpiteful = false;
        await connection.DisposeAsync().Guarded();
        ScriptedStream stream = new();
        ScriptedStream otherStream = new();
        PipeConnection one = StreamConnection.Create(stream, Options());
        PipeConnection other = StreamConnection.Create(otherStream, Options());
        byte[] bytes = [.. Enumerable.Repeat((byte)1, 20)];
        byte[] otherBytes = [.. Enumerable.Repeat((byte)2, 20)];

        for (int i = 0; i < 10; i++)
        {
            one.Output.Put(bytes);
            other.Output.Put(otherBytes);
        }

        await one.Output.CompleteAsync().Guarded();
        await other.Output.CompleteAsync().Guarded();
        stream.Written.Should().HaveCount(200).And.AllBeEquivalentTo((byte)1);
        otherStream.Written.Should().HaveCount(200).And.AllBeEquivalentTo((byte)2);
        await one.DisposeAsync().Guarded();
        await other.DisposeAsync().Guarded();
        _pool.Outstanding.Should().Be(0);
    }

    [Theory]
    [InlineData(150)]
    [InlineData(300)]
    public async Task Consumed_bytes_stay_consumed_when_a_pool_throws_and_every_block_is_returned_once(int consumed)
    {
        Gate gate = new();
        byte[] sent = Payload.Seeded(300);
        PipeConnection connection = StreamConnection.Create(new ScriptedStream().Read(sent).Wait(gate).Read("more").Eof(), Options());
        ReadResult result = await connection.Input.ReadAtLeastAsync(300).Guarded();
        _pool.IsSpiteful = true;
        Record.Exception(() => connection.Input.AdvanceTo(result.Buffer.GetPosition(consumed))).Should().BeSameAs(_pool.Spite);
        _pool.IsSpiteful = false;
        gate.Release();

        (await connection.Input.TakeAllAsync()).Should().Equal([.. sent[consumed..], .. "more"u8]);
        await connection.DisposeAsync().Guarded();

        _pool.Outstanding.Should().Be(0);
    }

    [Fact]
    public async Task A_pool_that_throws_at_every_return_does_not_keep_a_connection_from_ending()
    {
        PipeConnection connection = StreamConnection.Create(new ScriptedStream().Read(new byte[300]), Options());
        ReadResult result = await connection.Input.ReadAtLeastAsync(300).Guarded();
        connection.Input.AdvanceTo(result.Buffer.Start);
        connection.Output.Put(new byte[300]);
        _pool.IsSpiteful = true;

        connection.Abort();
        await connection.DisposeAsync().Guarded();

        connection.CloseReason.Should().Be(CloseReason.Aborted);
        await Assert.ThrowsAsync<IOException>(() => connection.Completion.Guarded());
        _pool.Outstanding.Should().Be(0);
    }

    [Fact]
    public async Task A_write_whose_blocks_cannot_be_returned_is_a_fault_and_the_dispose_ends()
    {
        ScriptedStream stream = new ScriptedStream().Eof();
        PipeConnection connection = StreamConnection.Create(stream, Options());
        connection.Output.Put(new byte[300]);
        _pool.IsSpiteful = true;

        (await Thrown.ByAsync(() => connection.Output.CompleteAsync().Guarded())).Should().BeSameAs(_pool.Spite);
        await connection.DisposeAsync().Guarded();

        stream.Written.Should().HaveCount(300);
        (await Thrown.ByAsync(() => connection.Completion.Guarded())).Should().BeSameAs(_pool.Spite);
        connection.CloseReason.Should().Be(CloseReason.WriteFault);
        _pool.Outstanding.Should().Be(0);
    }

    private PipeConnectionOptions Options()
    {
        PipeOptions pipe = new(_pool, minimumSegmentSize: 64, useSynchronizationContext: false);
        return new PipeConnectionOptions { ReceivePipeOptions = pipe, SendPipeOptions = pipe, MinimumReadSize = 16 };
    }
}
