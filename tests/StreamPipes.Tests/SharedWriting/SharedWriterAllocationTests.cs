using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace StreamPipes.Tests.SharedWriting;

/// <summary>The steady state makes no garbage: neither a caller alone nor many who wait for each other.</summary>
[Collection(nameof(RunsAlone))]
[Trait("Needs", "Release")]
public sealed class SharedWriterAllocationTests
{
    private const int Messages = 3000;
    private const int Measurements = 5;

    // The count is the whole process's. One object for each message would be 24 bytes at least; the least of some measurements counts.
    private const long TolerancePerMessage = 8;

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public async Task A_message_allocates_nothing(int writers)
    {
        DroppingStream stream = new();
        PipeConnection connection = StreamConnection.Create(stream);
        SharedPipeWriter shared = new(connection.Output);

        long least = long.MaxValue;
        for (int i = 0; i < Measurements && least >= TolerancePerMessage * Messages * writers; i++) least = Math.Min(least, await MeasureAsync(shared, writers).WaitAsync(TimeSpan.FromSeconds(60)));

        least.Should().BeLessThan(TolerancePerMessage * Messages * writers);
        connection.Abort();
    }

    [Fact]
    public async Task Callers_who_wait_for_a_flush_with_a_token_of_their_own_allocate_nothing()
    {
        Assert.SkipWhen(LibraryBuild.IsNetStandard, "There a token allocates for every registration.");
        PendingWriter writer = new();
        SharedPipeWriter shared = new(writer);
        using CancellationTokenSource source = new();
        byte[] message = new byte[64];
        ValueTask<FlushResult>[] calls = new ValueTask<FlushResult>[16];

        long least = long.MaxValue;
        for (int i = 0; i < Measurements && least >= TolerancePerMessage * Messages; i++) least = Math.Min(least, await MeasureWaitingAsync().WaitAsync(TimeSpan.FromSeconds(60)));

        least.Should().BeLessThan(TolerancePerMessage * Messages);

        async Task<long> MeasureWaitingAsync()
        {
            const int Rounds = Messages / 16;
            long before = 0;
            for (int round = 0; round < 2 * Rounds; round++)
            {
                if (round == Rounds) before = GC.GetTotalAllocatedBytes(precise: true);
                for (int call = 0; call < calls.Length; call++) Keep(call, shared.WriteAsync(message, source.Token));

                // Its end runs the next flush, of all the others, on this thread.
                writer.EndFlush();
                writer.EndFlush();
                await calls[0];
                for (int call = 1; call < calls.Length; call++) await calls[call];
            }

            return GC.GetTotalAllocatedBytes(precise: true) - before;
        }

        void Keep(int call, ValueTask<FlushResult> write) => calls[call] = write;
    }

    private static async Task<long> MeasureAsync(SharedPipeWriter shared, int writers)
    {
        await WriteAllAsync(shared, writers);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        await WriteAllAsync(shared, writers);
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }

    private static Task WriteAllAsync(SharedPipeWriter shared, int writers) => Task.WhenAll(Enumerable.Range(0, writers).Select(_ => Task.Run(() => WriteAsync(shared))));

    private static async Task WriteAsync(SharedPipeWriter shared)
    {
        byte[] message = new byte[64];
        for (int i = 0; i < Messages; i++)
        {
            if (i % 2 == 0)
            {
                await shared.WriteAsync(message);
                continue;
            }

            using PipeWriterLease lease = await shared.LeaseAsync(64);
            message.CopyTo(lease.Memory);
            await lease.CommitAsync(64);
        }
    }

    private sealed class DroppingStream : TestStream
    {
        private readonly TaskCompletionSource<int> _never = new();

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(_never.Task);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => default;

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override ValueTask DisposeAsync()
        {
            _never.TrySetResult(0);
            return default;
        }
    }

    /// <summary>Each flush is pending until it is ended, and allocates nothing.</summary>
    private sealed class PendingWriter : PipeWriter, IValueTaskSource<FlushResult>
    {
        private readonly byte[] _memory = new byte[4096];
        private ManualResetValueTaskSourceCore<FlushResult> _core;

        public void EndFlush() => _core.SetResult(default);

        public override Memory<byte> GetMemory(int sizeHint = 0) => _memory;

        public override Span<byte> GetSpan(int sizeHint = 0) => _memory;

        public override void Advance(int bytes)
        {
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            _core.Reset();
            return new ValueTask<FlushResult>(this, _core.Version);
        }

        public override void CancelPendingFlush()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }

        public FlushResult GetResult(short token) => _core.GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);
    }
}
