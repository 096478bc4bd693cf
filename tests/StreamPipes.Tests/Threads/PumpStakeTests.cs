using System.IO.Pipelines;
using StreamPipes.Connection;
using StreamPipes.Scheduling;

namespace StreamPipes.Tests.Threads;

/// <summary>
/// What the receive pump has staked on something that usually comes soon, a block on bytes or its thread on a reader, is taken back when it has not come for a whole period
/// of the monitor, and not before. The test is the monitor.
/// </summary>
public sealed class PumpStakeTests
{
    private readonly HandedOperations _reads = new();
    private readonly HandedOperations _writes = new();
    private readonly CountingMemoryPool _memory = new();

    [Fact]
    public Task A_read_that_holds_a_block_in_vain_for_a_whole_period_goes_back_to_waiting_without_one() => WatchAsync((lifetime, stake, _) =>
    {
        BeginBlockRead(lifetime);

        stake.CheckStake().Should().BeTrue("it has begun since the last look");
        stake.CheckStake().Should().BeFalse("there is nothing to look at any more until the pump asks anew");

        NextOf(_reads).Length.Should().Be(0);
        _memory.Outstanding.Should().Be(0);
        lifetime.BytesReceived.Should().Be(0);
    });

    [Fact]
    public Task A_read_that_gets_its_bytes_within_a_period_keeps_its_block_and_the_pump_stays_watched() => WatchAsync((lifetime, stake, _) =>
    {
        HandedOperation read = BeginBlockRead(lifetime);
        for (int i = 0; i < 5; i++)
        {
            stake.CheckStake().Should().BeTrue();
            read.Complete(1);
            NextOf(_reads).Complete();
            read = NextOf(_reads);
            read.Length.Should().BePositive();
        }

        lifetime.BytesReceived.Should().Be(5);
    });

    [Fact]
    public Task A_read_that_cannot_be_interrupted_is_not_watched() => WatchAsync(
        (lifetime, stake, _) =>
        {
            HandedOperation read = BeginBlockRead(lifetime);

            stake.CheckStake().Should().BeFalse();

            read.Complete(1);
            lifetime.BytesReceived.Should().Be(1);
        },
        allowsCanceledReads: false);

    [Fact]
    public Task A_pump_that_has_nothing_at_stake_is_not_watched() => WatchAsync((lifetime, stake, _) =>
    {
        HandedOperation read = BeginBlockRead(lifetime);
        stake.CheckStake().Should().BeTrue();
        read.Complete(1);
        NextOf(_reads).Length.Should().Be(0);

        stake.CheckStake().Should().BeTrue("the read that it saw has ended since");
        stake.CheckStake().Should().BeFalse();

        _reads.HasNext.Should().BeFalse("a read without a block is left alone");
    });

    [Fact]
    public Task A_pump_below_a_reader_that_does_not_return_for_a_whole_period_continues_elsewhere_and_the_dialogue_has_to_be_earned_again() => WatchAsync((lifetime, stake, pool) =>
    {
        for (int i = 0; i < 3; i++) Ask(lifetime, static () => { });
        List<bool> readAhead = [];

        Ask(lifetime, () =>
        {
            readAhead.Add(_reads.HasNext);
            stake.CheckStake().Should().BeTrue();
            pool.RunAll();
            readAhead.Add(_reads.HasNext);
            stake.CheckStake();
            pool.RunAll();
            readAhead.Add(_reads.HasNext);
        });

        readAhead.Should().Equal(false, false, true);
        lifetime.Output.WriteAsync(new byte[1]).AsTask().IsCompletedSuccessfully.Should().BeTrue();
        _writes.HasNext.Should().BeFalse("the writer's thread is not lent on a guess that was wrong");
    });

    [Fact]
    public Task A_pump_below_readers_that_return_within_a_period_stays_there_and_the_dialogue_goes_on() => WatchAsync((lifetime, stake, pool) =>
    {
        for (int i = 0; i < 3; i++) Ask(lifetime, static () => { });
        for (int i = 0; i < 3; i++)
        {
            Ask(lifetime, () =>
            {
                stake.CheckStake().Should().BeTrue();
                pool.RunAll();
                _reads.HasNext.Should().BeFalse();
            });
        }

        lifetime.Output.WriteAsync(new byte[1]).AsTask().IsCompletedSuccessfully.Should().BeTrue();
        _writes.HasNext.Should().BeTrue();
    });

    [Fact]
    public Task A_pump_below_a_reader_that_half_closes_continues_before_the_reader_returns() => WatchAsync((lifetime, _, pool) =>
    {
        for (int i = 0; i < 3; i++) Ask(lifetime, static () => { });
        List<bool> readAhead = [];

        Ask(lifetime, () =>
        {
            readAhead.Add(_reads.HasNext);
            lifetime.Output.Complete();
            pool.RunAll();
            readAhead.Add(_reads.HasNext);
        });

        readAhead.Should().Equal([false, true], "the end, which the reader may wait for now, is noticed only by a read");
    });

    [Fact]
    public Task A_pump_below_a_reader_that_completes_its_input_ends_before_the_reader_returns() => WatchAsync((lifetime, _, pool) =>
    {
        for (int i = 0; i < 3; i++) Ask(lifetime, static () => { });
        bool hasEnded = false;

        Ask(lifetime, () =>
        {
            lifetime.Input.Complete();
            pool.RunAll();
            hasEnded = lifetime.Reader.Pump.HasEnded;
        });

        hasEnded.Should().BeTrue();
    });

    private static HandedOperation NextOf(HandedOperations operations) => Blocking.WaitGuarded(operations.NextAsync());

    /// <summary>Up to where the pump waits for bytes, with a block for them.</summary>
    private HandedOperation BeginBlockRead(ConnectionLifetime lifetime)
    {
        lifetime.Input.TryRead(out _).Should().BeFalse();
        HandedOperation empty = NextOf(_reads);
        empty.Length.Should().Be(0);
        empty.Complete();
        HandedOperation read = NextOf(_reads);
        read.Length.Should().BePositive();
        return read;
    }

    /// <summary>Sends a question, and acts where the answer resumes the reader.</summary>
    private void Ask(ConnectionLifetime lifetime, Action onAnswer)
    {
        lifetime.Output.WriteAsync(new byte[1]).AsTask().IsCompletedSuccessfully.Should().BeTrue();
        Task answer = ReceiveAsync(lifetime.Input, onAnswer);
        NextOf(_writes).Complete();
        NextOf(_reads).Complete();
        NextOf(_reads).Complete(1);
        Blocking.WaitGuarded(answer);
    }

    private static async Task ReceiveAsync(PipeReader input, Action onAnswer)
    {
        ReadResult result = await input.ReadAsync().ConfigureAwait(false);
        input.AdvanceTo(result.Buffer.End);
        onAnswer();
    }

    private Task WatchAsync(Action<ConnectionLifetime, PumpMonitor.IMonitored, HeldPool> act, bool allowsCanceledReads = true) => Task.Run(() =>
    {
        TransportDouble transport = new(new ScriptedStream()) { Reads = _reads, Writes = _writes, HasEmptyReads = true, LendsThreads = true, AllowsCanceledReads = allowsCanceledReads };
        using HeldPool pool = new();
        ConnectionLifetime lifetime = new(transport, new PipeConnectionOptions { ReceivePipeOptions = new PipeOptions(_memory, useSynchronizationContext: false) }, proxyHeader: null);

        act(lifetime, lifetime.Reader.Pump, pool);

        lifetime.Abort(reason: null);
    });
}
