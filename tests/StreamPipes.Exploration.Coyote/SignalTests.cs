using Microsoft.Coyote.SystematicTesting;
using StreamPipes.Scheduling;

namespace StreamPipes.Exploration.Coyote;

/// <summary>A pump's wait for something to do.</summary>
public static class SignalTests
{
    [Test]
    public static async Task Everything_given_is_taken_by_one_pump_at_a_time()
    {
        ThreadPool.Restart();
        CountingPump pump = new();
        Task giver = Task.Run(() =>
        {
            pump.Give(1);
            pump.Signal.Signal();
            pump.Give(2);
            pump.Signal.Signal();
        });
        Task claimer = Task.Run(() => pump.Signal.TryRunQueued());
        await Task.WhenAll(giver, claimer);
        await pump.Ended;
        await ThreadPool.DrainAsync();
    }

    private sealed class CountingPump : PumpSignal.IPump
    {
        private readonly TaskCompletionSource _ended = new();
        private int _given;
        private int _taken;
        private int _inside;

        public CountingPump() => Signal = new PumpSignal(this, scheduler: null);

        public PumpSignal Signal { get; }

        public Task Ended => _ended.Task;

        private int Taken => Volatile.Read(ref _taken);

        public bool HasWork => Volatile.Read(ref _given) != Volatile.Read(ref _taken);

        public bool MustNotStayParked => true;

        public void Give(int number) => Interlocked.Exchange(ref _given, number);

        public void OnParked()
        {
            // It is never parked.
        }

        public void Run() => _ = RunAsync();

        private async Task RunAsync()
        {
            while (Taken != 2)
            {
                await Signal;
                Check.That(Interlocked.Increment(ref _inside) == 1, "the pump runs twice at a time");
                Interlocked.Exchange(ref _taken, Volatile.Read(ref _given));
                Interlocked.Decrement(ref _inside);
            }

            _ended.SetResult();
        }
    }
}
