using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace StreamPipes.Tests.Lifetime;

/// <summary>A thousand connections, opened, used and ended in each way: nothing is left of them.</summary>
[Collection(nameof(RunsAlone))]
public sealed class ThousandConnectionsTests
{
    private const int Connections = 1000;

    public static TheoryData<string> Endings => Ending.Names;

    [Theory]
    [MemberData(nameof(Endings))]
    public async Task A_thousand_connections_leave_no_unobserved_exception(string ending) => await UnobservedExceptionWatch.AssertNoneAsync(() => LongRun.RepeatAsync(
        Connections, _ => Ending.Named(ending).LiveAsync(new PipeConnectionOptions(), CancellationToken.None)));

    [Theory]
    [MemberData(nameof(Endings))]
    public async Task A_thousand_connections_leave_no_block_rented_and_nothing_registered_on_a_long_lived_token(string ending)
    {
        using CancellationTokenSource applicationIsStopping = new();

        WeakReference<CountingMemoryPool>[] pools = await RunAsync(Ending.Named(ending), applicationIsStopping.Token);

        // A registration would keep the connection's pipe, and the pipe its pool: of every connection. A thread may still hold its last one.
        CountAlive(pools).Should().BeLessThan(10);
        applicationIsStopping.Token.IsCancellationRequested.Should().BeFalse();
    }

    [Fact]
    public void A_registration_left_behind_on_a_long_lived_token_would_be_noticed()
    {
        using CancellationTokenSource applicationIsStopping = new();

        WeakReference<CountingMemoryPool> pool = Register(applicationIsStopping.Token);

        CountAlive([pool]).Should().Be(1);
        applicationIsStopping.Token.IsCancellationRequested.Should().BeFalse();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<WeakReference<CountingMemoryPool>[]> RunAsync(Ending ending, CancellationToken token)
    {
        WeakReference<CountingMemoryPool>[] pools = new WeakReference<CountingMemoryPool>[Connections];
        await LongRun.RepeatAsync(Connections, async i => pools[i] = await RunOneAsync(ending, token));

        // Off the stack of the last round.
        await Task.Yield();
        return pools;
    }

    private static async Task<WeakReference<CountingMemoryPool>> RunOneAsync(Ending ending, CancellationToken token)
    {
        CountingMemoryPool pool = new(blockSize: 256);
        PipeOptions pipeOptions = new(pool, minimumSegmentSize: 256, useSynchronizationContext: false);
        await ending.LiveAsync(new PipeConnectionOptions { ReceivePipeOptions = pipeOptions, SendPipeOptions = pipeOptions }, token);
        pool.AssertClean();
        return new WeakReference<CountingMemoryPool>(pool);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference<CountingMemoryPool> Register(CancellationToken token)
    {
        // A pipe registers itself for the time of its read, and this read never ends.
        CountingMemoryPool pool = new();
        Pipe pipe = new(new PipeOptions(pool, useSynchronizationContext: false));
        _ = pipe.Reader.ReadAsync(token).AsTask();
        return new WeakReference<CountingMemoryPool>(pool);
    }

    private static int CountAlive(WeakReference<CountingMemoryPool>[] pools)
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return pools.Count(pool => pool.TryGetTarget(out _));
    }
}
