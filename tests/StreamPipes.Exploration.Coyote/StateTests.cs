using Microsoft.Coyote.SystematicTesting;
using StreamPipes.Receiving;
using StreamPipes.State;

namespace StreamPipes.Exploration.Coyote;

/// <summary>The gate before the stream, and the connection's state.</summary>
public static class StateTests
{
    [Test]
    public static async Task No_read_runs_beside_a_hold()
    {
        using ReadGate gate = new();
        int inside = 0;
        Task pump = Task.Run(async () =>
        {
            for (int i = 0; i < 3; i++)
            {
                while (!gate.TryEnter(out _))
                {
                    if (!await gate.WaitForTurnAsync()) return;
                }

                Check.That(Interlocked.Increment(ref inside) == 1, "a read runs beside the half-close");
                Interlocked.Decrement(ref inside);
                gate.Exit();
            }
        });
        Task holder = Task.Run(async () =>
        {
            await gate.HoldAsync(cancels: true);
            Check.That(Interlocked.Increment(ref inside) == 1, "the half-close runs beside a read");
            Interlocked.Decrement(ref inside);
            gate.Release();
        });
        await Task.WhenAll(pump, holder);
    }

    [Test]
    public static async Task The_first_error_stays_and_the_close_is_decided_once()
    {
        ConnectionState state = new(hasInput: true, hasOutput: true);
        int closes = 0;
        int firsts = 0;
        Task fault = Task.Run(() => Fault(CloseReason.ReadFault));
        Task abort = Task.Run(() => Fault(CloseReason.Aborted));
        await Task.WhenAll(fault, abort);
        Check.That(closes == 1 && firsts == 1, $"{closes} closes, {firsts} first errors");

        void Fault(CloseReason reason)
        {
            if (state.TryFault(reason, new IOException("gone"))) Interlocked.Increment(ref firsts);
            if (state.Decide(hasTimedOut: false) == NextStep.Close) Interlocked.Increment(ref closes);
        }
    }
}
