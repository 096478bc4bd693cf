using System.IO.Pipelines;
using System.Net.Sockets;
#if !LIBRARY_NETSTANDARD
#endif

namespace StreamPipes.Tests.Memory;

/// <summary>
/// <see cref="PipeConnectionOptions.ClearBuffers"/>: nothing that was sent or received is in a block that goes back to its pool, and without
/// it there is.
/// </summary>
public sealed class ClearBuffersTests
{
    private const int BlockSize = 64;
    private static readonly byte[] Secret = [.. Enumerable.Repeat((byte)'s', 50)];

    private readonly InspectedPool _pool = new(BlockSize);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Blocks_of_both_directions_and_of_joined_writes_are_cleared_only_with_ClearBuffers(bool clears)
    {
        ScriptedStream stream = new();
        for (int i = 0; i < 10; i++) _ = stream.Read(Secret);
        PipeConnection connection = StreamConnection.Create(stream.Eof(), Options(clears));
        await SendPiecesAsync(connection);
        (await connection.Input.TakeAllAsync()).Should().HaveCount(10 * Secret.Length);

        await connection.DisposeAsync().Guarded();

        stream.Written.Should().HaveCount(10 * Secret.Length).And.OnlyContain(value => value == (byte)'s');
        ShouldBeEmpty(clears, atLeast: 10);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Blocks_of_a_socket_are_cleared_only_with_ClearBuffers(bool clears)
    {
        (Socket near, Socket far) = await SocketPair.TcpAsync();
        using Socket peer = far;
        PipeConnection connection = SocketConnection.Create(near, Options(clears));
        await SendPiecesAsync(connection);
        byte[] got = new byte[10 * Secret.Length];
        for (int count = 0; count < got.Length;) count += await peer.ReceiveAsync(got.AsMemory(count)).Guarded();
        await peer.SendAsync(Secret).Guarded();
        await connection.Input.TakeAsync(Secret.Length);
        connection.Abort();

        await connection.DisposeAsync().Guarded();

        got.Should().OnlyContain(value => value == (byte)'s');
        ShouldBeEmpty(clears, atLeast: 2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Blocks_of_unread_and_unsent_bytes_are_cleared_only_with_ClearBuffers(bool clears)
    {
        ScriptedStream stream = new ScriptedStream().Read(Secret).Hold(StreamOperation.Write);
        PipeConnection connection = StreamConnection.Create(stream, Options(clears));
        connection.Output.Put(Secret);
        await stream.GetCalledTask(StreamOperation.Read, times: 2).Guarded();

        connection.Abort();

        await connection.DisposeAsync().Guarded();
        ShouldBeEmpty(clears, atLeast: 2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_block_that_a_writer_still_has_at_the_end_is_cleared_when_it_is_given_back_and_not_before(bool clears)
    {
        PipeConnection connection = StreamConnection.Create(new ScriptedStream().Eof(), Options(clears));
        Memory<byte> memory = connection.Output.GetMemory(Secret.Length);
        Secret.CopyTo(memory);

        await connection.DisposeAsync().Guarded();

        memory.Span.StartsWith(Secret).Should().BeTrue("nothing tells whether another thread still fills it");
        _pool.ReturnedWithContent.Should().Be(0);

        connection.Output.Advance(0);
        ShouldBeEmpty(clears, atLeast: 1);
    }

#if !LIBRARY_NETSTANDARD
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_block_of_bytes_that_came_after_the_close_is_cleared_only_with_ClearBuffers(bool clears)
    {
        ScriptedStream stream = new();
        TransportDouble transport = new(stream) { Lingers = true };
        PipeConnection connection = PipeConnection.Over(transport, Options(clears));
        await stream.GetCalledTask(StreamOperation.Read).Guarded();
        Task disposing = connection.DisposeAsync().AsTask();
        await transport.HalfClosed.Guarded();

        _ = stream.Read(Secret).Eof();

        await disposing.Guarded();
        connection.BytesReceived.Should().Be(0);
        ShouldBeEmpty(clears, atLeast: 1);
    }
#endif

    private static async Task SendPiecesAsync(PipeConnection connection)
    {
        for (int i = 0; i < 10; i++) connection.Output.Put(Secret);
        await connection.Output.FlushAsync().Guarded();
    }

    private PipeConnectionOptions Options(bool clears)
    {
        PipeOptions pipe = new(_pool, minimumSegmentSize: BlockSize, useSynchronizationContext: false);
        return new PipeConnectionOptions { ReceivePipeOptions = pipe, SendPipeOptions = pipe, ClearBuffers = clears };
    }

    private void ShouldBeEmpty(bool clears, int atLeast)
    {
        _pool.Returned.Should().BeGreaterThanOrEqualTo(atLeast);
        if (clears) _pool.ReturnedWithContent.Should().Be(0);
        else _pool.ReturnedWithContent.Should().BePositive();
    }
}
