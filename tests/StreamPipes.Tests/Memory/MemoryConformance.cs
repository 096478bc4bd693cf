using StreamPipes.Tests.Conformance;

namespace StreamPipes.Tests.Memory;

/// <summary>
/// Whatever pool is given, and however the connection ends: every block comes back once, nothing is written after that or outside, and
/// what was never filled is never sent. A subclass says over what.
/// </summary>
public abstract class MemoryConformance
{
    private const int Length = 50_000;

    public static TheoryData<PoolKind> Pools => [.. Enum.GetValues<PoolKind>()];

    /// <summary>Why the connections cannot be detached.</summary>
    protected virtual string? CannotDetach => null;

    private protected abstract Task<ConnectedPair> ConnectAsync(PipeConnectionOptions options);

    [Theory]
    [MemberData(nameof(Pools))]
    public Task Traffic_both_ways_and_an_orderly_close_return_every_block(PoolKind kind) => WatchAsync(kind, async pair =>
    {
        await TransferAsync(pair);
        await DisposeBothAsync(pair);
    });

    [Theory]
    [MemberData(nameof(Pools))]
    public Task Traffic_with_FlushThrough_returns_every_block(PoolKind kind) => WatchAsync(kind, flushThrough: true, play: async pair =>
    {
        await TransferAsync(pair);
        await DisposeBothAsync(pair);
    });

    [Theory]
    [MemberData(nameof(Pools))]
    public Task Unread_and_unflushed_bytes_at_the_dispose_return_every_block(PoolKind kind) => WatchAsync(kind, async pair =>
    {
        await pair.Server.Output.WriteAsync(Payload.Seeded(3000)).Guarded();
        System.IO.Pipelines.ReadResult result = await pair.Client.Input.ReadAsync().Guarded();
        pair.Client.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        pair.Client.Output.Put(Payload.Seeded(3000));
        Task<byte[]> receiving = pair.Server.Input.TakeAsync(3000);

        Task disposing = pair.ClientConnection.DisposeAsync().AsTask();

        (await receiving.Guarded()).Should().Equal(Payload.Seeded(3000));
        await pair.ServerConnection.DisposeAsync().Guarded();
        await disposing.Guarded();
    });

    [Theory]
    [MemberData(nameof(Pools))]
    public Task An_abort_amid_traffic_with_a_read_pending_returns_every_block(PoolKind kind) => WatchAsync(kind, async pair =>
    {
        Task sending = pair.Client.Output.WriteAsync(Payload.Seeded(4 * Length)).AsTask();
        await pair.Server.Input.TakeAsync(10_000);
        Task reading = pair.Client.Input.ReadAsync().AsTask();

        pair.ClientConnection.Abort();

        await Task.WhenAny(sending).Guarded();
        await Assert.ThrowsAsync<IOException>(() => reading.Guarded());
        await DisposeBothAsync(pair);
    });

    [Theory]
    [MemberData(nameof(Pools))]
    public Task Memory_asked_for_and_never_filled_returns_every_block(PoolKind kind) => WatchAsync(kind, async pair =>
    {
        foreach (int size in Payload.AwkwardSizes)
        {
            _ = pair.Client.Output.GetMemory(size);
            pair.Client.Output.Advance(0);
            await pair.Client.Output.FlushAsync().Guarded();
            pair.Client.Output.Put([1]);
        }

        pair.Client.Output.Complete();
        (await pair.Server.Input.TakeAsync(Payload.AwkwardSizes.Length)).Should().AllBeEquivalentTo((byte)1);
        await DisposeBothAsync(pair);
    });

    [Theory]
    [MemberData(nameof(Pools))]
    public Task A_detach_with_unread_bytes_returns_every_block(PoolKind kind) => WatchAsync(kind, async pair =>
    {
        Assert.SkipWhen(CannotDetach is not null, CannotDetach ?? "");
        await pair.Client.Output.WriteAsync(Payload.Seeded(1000)).Guarded();
        (await pair.Server.Input.TakeAsync(400)).Should().Equal(Payload.Seeded(1000)[..400]);
        byte[] rest = new byte[600];

        DetachedStream detached = await pair.ServerConnection.DetachAsync().Guarded();

        await detached.Stream.ReadExactlyAsync(rest).Guarded();
        rest.Should().Equal(Payload.Seeded(1000)[400..]);
        pair.ClientConnection.Abort();
        await detached.Stream.DisposeAsync().Guarded();
        await pair.ClientConnection.DisposeAsync().Guarded();
    });

    [Theory]
    [MemberData(nameof(Pools))]
    public Task Reads_and_writes_by_way_of_AsStream_return_every_block(PoolKind kind) => WatchAsync(kind, async pair =>
    {
        Stream client = pair.Client.AsStream();
        Stream server = pair.Server.AsStream();
        byte[] payload = Payload.Seeded(Length);
        byte[] received = new byte[payload.Length];
        Task writing = Task.Run(async () =>
        {
            foreach (byte[] piece in payload.Chunk(777)) await client.WriteAsync(piece);
            await client.FlushAsync();
        });

        await server.ReadExactlyAsync(received).Guarded();

        await writing.Guarded();
        received.Should().Equal(payload);
        await Task.WhenAll(DisposeAsync(client), DisposeAsync(server)).Guarded();

        // By the interface, which every build of the library waits for.
        static Task DisposeAsync(IAsyncDisposable stream) => stream.DisposeAsync().AsTask();
    });

    private static async Task TransferAsync(ConnectedPair pair)
    {
        byte[] there = Payload.Seeded(Length, seed: 1);
        byte[] back = Payload.Seeded(Length, seed: 2);
        Task<byte[]> receivedThere = pair.Server.Input.TakeAsync(Length);
        Task<byte[]> receivedBack = pair.Client.Input.TakeAsync(Length);
        Task sendingBack = SendAsync(pair.Server.Output, back);
        await SendAsync(pair.Client.Output, there);
        await sendingBack;
        Payload.HashOf(await receivedThere.Guarded()).Should().Be(Payload.HashOf(there));
        Payload.HashOf(await receivedBack.Guarded()).Should().Be(Payload.HashOf(back));
    }

    private static async Task SendAsync(System.IO.Pipelines.PipeWriter writer, byte[] payload)
    {
        foreach (byte[] piece in payload.Chunk(1777)) await writer.WriteAsync(piece).Guarded();
    }

    private static Task DisposeBothAsync(ConnectedPair pair) =>
        Task.WhenAll(pair.ClientConnection.DisposeAsync().AsTask(), pair.ServerConnection.DisposeAsync().AsTask()).Guarded();

    private Task WatchAsync(PoolKind kind, Func<ConnectedPair, Task> play) => WatchAsync(kind, flushThrough: false, play);

    private async Task WatchAsync(PoolKind kind, bool flushThrough, Func<ConnectedPair, Task> play)
    {
        WatchedPool pool = new(kind);
        await using ConnectedPair pair = await ConnectAsync(pool.Options(flushThrough));
        await play(pair);
        pool.AssertClean();
    }
}
