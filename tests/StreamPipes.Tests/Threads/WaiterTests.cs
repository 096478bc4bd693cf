using System.IO.Pipelines;
using StreamPipes.Scheduling;

namespace StreamPipes.Tests.Threads;

/// <summary>A wait is ended by whoever looked at it, and never by somebody who looked at the one before.</summary>
public sealed class WaiterTests
{
    /// <summary>Few, since each read changes threads, of which a busy machine has none to spare.</summary>
    private const int ReadsOfARound = 250;

    private static int Rounds => LongRun.IsOn ? 4_000 : 4;

    [Fact]
    public void A_look_at_a_wait_that_ended_meanwhile_does_not_end_the_next_wait()
    {
        ScriptedWaiter waiter = new();
        waiter.WaitUnawaited();
        waiter.IsOverNow = true;
        waiter.DuringLook = () =>
        {
            waiter.TryClaim().Should().BeTrue();
            waiter.Complete();
            waiter.IsOverNow = false;
            waiter.WaitUnawaited();
        };

        waiter.TryClaim().Should().BeFalse("what was seen belongs to the wait before");

        waiter.IsWaiting.Should().BeTrue();
        waiter.IsOverNow = true;
        waiter.TryClaim().Should().BeTrue();
    }

    [Fact]
    public async Task Waking_a_wait_that_has_nothing_yet_does_not_end_it()
    {
        ScriptedWaiter waiter = new();
        ValueTask<int> wait = waiter.Wait();

        waiter.Wake();
        waiter.IsWaiting.Should().BeTrue();
        waiter.IsOverNow = true;
        waiter.Wake();

        (await wait.AsTask().Guarded()).Should().Be(1);
        waiter.IsPending.Should().BeFalse();
    }

    [Fact]
    public async Task A_token_ends_a_wait_that_is_not_over()
    {
        ScriptedWaiter waiter = new();
        using CancellationTokenSource source = new();
        ValueTask<int> wait = waiter.Wait(source.Token);

        await source.CancelAsync();

        (await Assert.ThrowsAsync<OperationCanceledException>(() => wait.AsTask().Guarded())).CancellationToken.Should().Be(source.Token);
    }

    [Fact]
    public async Task A_wait_that_is_claimed_is_pending_until_it_is_completed()
    {
        ScriptedWaiter waiter = new();
        ValueTask<int> wait = waiter.Wait();
        waiter.IsOverNow = true;

        waiter.TryClaim().Should().BeTrue();
        (waiter.IsWaiting, waiter.IsPending).Should().Be((false, true));
        waiter.Complete();

        (await wait.AsTask().Guarded()).Should().Be(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_read_of_many_ends_with_nothing(bool ownScheduler)
    {
        for (int round = 0; round < Rounds; round++)
        {
            // Each read has its limit: all of them together take as long as the machine lets them.
            await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(ReadMany, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        }

        void ReadMany()
        {
            PipeConnection connection = StreamConnection.Create(
                new EndlessStream(),
                new PipeConnectionOptions { Scheduling = ownScheduler ? PumpScheduling.ThreadPool : PumpScheduling.Default });
            for (int i = 0; i < ReadsOfARound; i++)
            {
                ReadResult result = Blocking.WaitGuarded(connection.Input.ReadAsync().AsTask());
                if (result.Buffer.IsEmpty) throw new InvalidOperationException($"Read {i} ended with nothing.");
                connection.Input.AdvanceTo(result.Buffer.End);
            }

            connection.Abort();
        }
    }

    /// <summary>A wait that is over when it is told to be, and during whose look something else may happen.</summary>
    private sealed class ScriptedWaiter() : PendingOperation<int>(scheduler: null, useSynchronizationContext: false)
    {
        public bool IsOverNow { get; set; }

        public Action? DuringLook { get; set; }

        protected override bool MayBeDropped => true;

        protected override bool IsOver
        {
            get
            {
                bool seen = IsOverNow;
                (Action? meanwhile, DuringLook) = (DuringLook, null);
                meanwhile?.Invoke();
                return seen;
            }
        }

        /// <summary>A wait that is not over yet, and that nothing awaits.</summary>
        public void WaitUnawaited()
        {
            TryReserve().Should().BeTrue();
            Begin(CancellationToken.None, out _).Should().BeTrue();
        }

        /// <summary>The task of a wait that is not over yet.</summary>
        public ValueTask<int> Wait(CancellationToken cancellationToken = default)
        {
            TryReserve().Should().BeTrue();
            Begin(cancellationToken, out ValueTask<int> task).Should().BeTrue();
            return task;
        }

        protected override int MakeResult() => 1;
    }

    /// <summary>A byte for each read, each from another thread.</summary>
    private sealed class EndlessStream : TestStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            buffer.Span[0] = 1;
            return 1;
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => default;

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override ValueTask DisposeAsync()
        {
            GC.SuppressFinalize(this);
            return default;
        }
    }
}
