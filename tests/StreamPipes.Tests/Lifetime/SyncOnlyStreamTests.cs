using System.IO.Pipelines;
using StreamPipes.Transports;

namespace StreamPipes.Tests.Lifetime;

/// <summary>Streams that only override the blocking array methods: the framework would make every write wait for a pending read.</summary>
public sealed class SyncOnlyStreamTests
{
    private readonly byte[] _buffer = new byte[100];

    [Fact]
    public async Task A_pending_read_of_a_synchronous_stream_does_not_keep_a_write_waiting()
    {
        await using StreamPair pair = StreamPairs.Unknown();
        await using PipeConnection connection = StreamConnection.Create(new SyncOnlyStream(pair.Client));
        ValueTask<ReadResult> read = connection.Input.ReadAsync();

        await connection.Output.WriteTextAsync("question");
        await pair.Server.ReadExactlyAsync(_buffer.AsMemory(0, 8)).Guarded();
        await pair.Server.WriteAsync("answer"u8.ToArray()).Guarded();

        ReadResult result = await read.Guarded();
        result.Buffer.Length.Should().Be(6);
        connection.Input.AdvanceTo(result.Buffer.End);
    }

    [Fact]
    public async Task A_pending_read_of_a_replayed_synchronous_stream_does_not_keep_a_write_waiting()
    {
        ScriptedStream stream = new();
        PipeConnection connection = StreamConnection.Create(new ReplayStream(new SyncOnlyStream(stream), "unread"u8.ToArray(), late: null));
        (await connection.Input.ReadTextAsync(6)).Should().Be("unread");
        await stream.GetCalledTask(StreamOperation.Read).Guarded();

        await connection.Output.WriteTextAsync("question");

        await stream.GetCalledTask(StreamOperation.Flush).Guarded();
        stream.Written.Should().Equal("question"u8.ToArray());
        connection.Abort();
        await connection.DisposeAsync().Guarded();
    }

    [Fact]
    public async Task A_synchronous_stream_sends_and_receives_everything_and_the_dispose_ends_the_blocked_read()
    {
        await using StreamPair pair = StreamPairs.Unknown();
        PipeConnection connection = StreamConnection.Create(new SyncOnlyStream(pair.Client));

        await ShouldEchoAsync(connection, pair.Server);
        await connection.DisposeAsync().Guarded();

        await connection.Completion.Guarded();
        (await pair.Server.ReadAsync(_buffer).Guarded()).Should().Be(0);
    }

    [Theory]
    [InlineData(PumpScheduling.Default)]
    [InlineData(PumpScheduling.DedicatedThreads)]
    public async Task Memory_that_is_no_array_is_copied_for_a_synchronous_stream(PumpScheduling scheduling)
    {
        NativeMemoryPool pool = new();
        PipeOptions pipe = new(pool, useSynchronizationContext: false);
        await using StreamPair pair = StreamPairs.Unknown();
        PipeConnection connection = StreamConnection.Create(
            new SyncOnlyStream(pair.Client), new PipeConnectionOptions { Scheduling = scheduling, ReceivePipeOptions = pipe, SendPipeOptions = pipe });

        await ShouldEchoAsync(connection, pair.Server);
        await connection.DisposeAsync().Guarded();

        pool.Outstanding.Should().Be(0);
    }

    [Fact]
    public async Task Completing_the_input_returns_although_the_read_is_blocked()
    {
        await using StreamPair pair = StreamPairs.Unknown();
        PipeConnection connection = StreamConnection.Create(new SyncOnlyStream(pair.Client));
        ValueTask<ReadResult> read = connection.Input.ReadAsync();

        connection.Input.Complete();

        await Assert.ThrowsAsync<InvalidOperationException>(() => read.Guarded());
        await connection.Output.WriteTextAsync("still here");
        await pair.Server.ReadExactlyAsync(_buffer.AsMemory(0, 10)).Guarded();
        await connection.DisposeAsync().Guarded();
    }

    private static async Task ShouldEchoAsync(PipeConnection connection, Stream peer)
    {
        byte[] payload = Payload.Seeded(200_000);
        Task<byte[]> echoed = EchoAsync(peer, payload.Length);

        await connection.Output.WriteAsync(payload).Guarded();
        Payload.HashOf(await connection.Input.TakeAsync(payload.Length)).Should().Be(Payload.HashOf(payload));
        Payload.HashOf(await echoed.Guarded()).Should().Be(Payload.HashOf(payload));
    }

    private static async Task<byte[]> EchoAsync(Stream peer, int length)
    {
        byte[] bytes = new byte[length];
        await peer.ReadExactlyAsync(bytes);
        await peer.WriteAsync(bytes);
        return bytes;
    }
}
