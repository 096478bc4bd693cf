using Microsoft.Coyote.SystematicTesting;
using StreamPipes.Scheduling;

namespace StreamPipes.Exploration.Coyote;

/// <summary>One end's wait for the other.</summary>
public static class WaitTests
{
    [Test]
    public static async Task A_wait_ends_when_it_is_published()
    {
        ThreadPool.Restart();
        NumberWait wait = new();
        Task waiter = Task.Run(async () =>
        {
            Check.That(await wait.WaitForAsync(1, default) >= 1, "it has ended too early");
            Check.That(await wait.WaitForAsync(2, default) >= 2, "the second has ended too early");
        });
        Task publisher = Task.Run(() =>
        {
            wait.Publish(1);
            wait.Publish(2);
        });
        await Task.WhenAll(waiter, publisher);
        await ThreadPool.DrainAsync();
        Check.That(!wait.IsPending, "a wait is left");
    }

    [Test]
    public static async Task A_token_ends_one_wait_at_most()
    {
        ThreadPool.Restart();
        NumberWait wait = new();
        using CancellationTokenSource source = new();
        Task waiter = Task.Run(async () =>
        {
            try
            {
                await wait.WaitForAsync(1, source.Token);
            }
            catch (OperationCanceledException)
            {
                // The token was first.
            }

            Check.That(await wait.WaitForAsync(1, default) >= 1, "the second has ended too early");
        });
        Task canceler = Task.Run(source.Cancel);
        Task publisher = Task.Run(() => wait.Publish(1));
        await Task.WhenAll(waiter, canceler, publisher);
        await ThreadPool.DrainAsync();
        Check.That(!wait.IsPending, "a wait is left");
    }

    private sealed class NumberWait : PendingOperation<int>
    {
        private int _number;
        private int _target;

        public NumberWait()
            : base(scheduler: null, useSynchronizationContext: false)
        {
        }

        protected override bool MayBeDropped => false;

        protected override bool IsOver => Volatile.Read(ref _number) >= _target;

        public void Publish(int number)
        {
            Interlocked.Exchange(ref _number, number);
            Wake();
        }

        public ValueTask<int> WaitForAsync(int target, CancellationToken cancellationToken)
        {
            Check.That(TryReserve(), "another wait is pending");
            _target = target;
            return Begin(cancellationToken, out ValueTask<int> wait) ? wait : new ValueTask<int>(MakeResult());
        }

        protected override int MakeResult() => Volatile.Read(ref _number);
    }
}
