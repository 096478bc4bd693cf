using System.IO.Pipelines;

namespace StreamPipes.Testing.Tests.Network;

/// <summary>How a run ends, what time is in it, and what keeps its code on one thread.</summary>
public sealed class RunTests
{
    [Fact]
    public void A_scenario_that_waits_for_what_never_comes_is_a_hang()
    {
        VirtualRunException hang = Fails(network => new TaskCompletionSource().Task);
        hang.Failure.Should().Be(VirtualRunFailure.Hang);
        hang.Seed.Should().Be(7);
        hang.Message.Should().StartWith("The run with seed 7 failed after 0 ms of virtual time: nothing is left to do");
    }

    [Fact]
    public void An_exception_of_the_scenario_is_the_inner_one()
    {
        InvalidOperationException thrown = new("wrong");
        VirtualRunException failed = Fails(async network =>
        {
            await network.DelayAsync(TimeSpan.FromSeconds(2));
            throw thrown;
        });
        failed.Failure.Should().Be(VirtualRunFailure.Exception);
        failed.InnerException.Should().BeSameAs(thrown);
        failed.Elapsed.Should().Be(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void A_scenario_that_goes_on_past_the_time_limit_has_exceeded_its_time() => Fails(
        async network =>
        {
            while (true) await network.DelayAsync(TimeSpan.FromSeconds(1));
        },
        new VirtualNetworkOptions { TimeLimit = TimeSpan.FromMinutes(1) }).Failure.Should().Be(VirtualRunFailure.TimeExceeded);

    [Fact]
    public void A_scenario_that_spins_without_time_has_exceeded_its_steps() => Fails(
        async network =>
        {
            while (true) await Task.Yield();
        },
        new VirtualNetworkOptions { MaximumSteps = 1000 }).Failure.Should().Be(VirtualRunFailure.StepsExceeded);

    [Fact]
    public void Work_on_another_thread_is_told_of_and_fails_the_run()
    {
        VirtualRunException failed = Fails(async network =>
        {
            (VirtualStream client, _) = network.ConnectStreams();
            await Task.Run(async () => await client.WriteAsync(new byte[1]));
        });
        failed.Failure.Should().Be(VirtualRunFailure.OtherThread);
        failed.Message.Should().Contain("VirtualStream.WriteAsync was called on another thread");
    }

    [Fact]
    public void A_real_timer_is_told_of_and_fails_the_run()
    {
        TaskCompletionSource passed = new();
        using Timer timer = new(_ => passed.SetResult(), state: null, Timeout.Infinite, Timeout.Infinite);
        VirtualRunException failed = Fails(async network =>
        {
            // Started when the scenario waits already.
            network.Scheduler.Schedule(_ => timer.Change(dueTime: 1, Timeout.Infinite), state: null);
            await passed.Task;
        });
        failed.Failure.Should().Be(VirtualRunFailure.OtherThread);
    }

    [Fact]
    public void Hours_pass_in_no_time_on_the_clock_of_the_run()
    {
        VirtualRun run = VirtualNetwork.Run(
            1,
            async network =>
            {
                DateTimeOffset before = network.TimeProvider.GetUtcNow();
                await Task.Delay(TimeSpan.FromHours(5), network.TimeProvider);
                (network.TimeProvider.GetUtcNow() - before).Should().Be(TimeSpan.FromHours(5));
                using CancellationTokenSource limit = new(TimeSpan.FromHours(1), network.TimeProvider);
                Func<Task> waiting = () => Task.Delay(Timeout.InfiniteTimeSpan, network.TimeProvider, limit.Token);
                await waiting.Should().ThrowAsync<OperationCanceledException>();
            },
            new VirtualNetworkOptions { TimeLimit = TimeSpan.FromDays(1) });
        run.Elapsed.Should().Be(TimeSpan.FromHours(6));
    }

    [Fact]
    public void A_periodic_timer_of_the_clock_fires_until_it_is_disposed()
    {
        VirtualRun run = VirtualNetwork.Run(1, async network =>
        {
            using PeriodicTimer timer = new(TimeSpan.FromMinutes(1), network.TimeProvider);
            for (int i = 0; i < 10; i++) await timer.WaitForNextTickAsync();
        });
        run.Elapsed.Should().Be(TimeSpan.FromMinutes(10));
    }

    [Fact]
    public void Pipes_of_the_test_itself_stay_in_the_run_with_its_scheduler()
    {
        VirtualNetwork.RunMany(firstSeed: 1, count: 100, async network =>
        {
            Pipe pipe = new(new PipeOptions(readerScheduler: network.Scheduler, writerScheduler: network.Scheduler, useSynchronizationContext: false));
            ValueTask<ReadResult> reading = pipe.Reader.ReadAsync();
            await pipe.Writer.WriteAsync(new byte[5]);
            (await reading).Buffer.Length.Should().Be(5);
        });
    }

    [Fact]
    public void Time_limits_of_connections_pass_on_virtual_time()
    {
        PipeConnectionOptions options = new() { IdleTimeout = TimeSpan.FromMinutes(3) };
        VirtualRun run = VirtualNetwork.Run(1, async network =>
        {
            (PipeConnection client, _) = network.Connect(options);
            Func<Task> reading = async () => await client.Input.ReadAsync();
            await reading.Should().ThrowAsync<TimeoutException>();
            client.CloseReason.Should().Be(CloseReason.TimedOut);
        });
        run.Elapsed.Should().Be(TimeSpan.FromMinutes(3));
    }

    [Fact]
    public void A_reset_of_the_network_ends_a_connection_with_a_fault_and_never_hangs_it()
    {
        HashSet<CloseReason> reasons = [];
        VirtualLinkOptions resetting = new() { ResetProbability = 1, MaximumFaultPosition = 500 };
        VirtualNetwork.RunMany(firstSeed: 1, count: 500, async network =>
        {
            (PipeConnection client, PipeConnection server) = network.Connect(link: resetting);
            Task sending = SendAsync(client);
            try
            {
                while (true)
                {
                    ReadResult result = await server.Input.ReadAsync();
                    server.Input.AdvanceTo(result.Buffer.End);
                    if (result.IsCompleted) break;
                }
            }
            catch (IOException)
            {
                // The reset.
            }

            await sending;
            await server.DisposeAsync();
            await client.DisposeAsync();
            reasons.Add(server.CloseReason);
            reasons.Add(client.CloseReason);
        });
        reasons.Should().Contain(CloseReason.ReadFault);

        static async Task SendAsync(PipeConnection connection)
        {
            try
            {
                for (int i = 0; i < 20; i++) await connection.Output.WriteAsync(new byte[100]);
            }
            catch (IOException)
            {
                // The reset.
            }
        }
    }

    [Fact]
    public void A_run_inside_a_run_is_refused() => Fails(network =>
    {
        VirtualNetwork.Run(1, _ => Task.CompletedTask);
        return Task.CompletedTask;
    }).InnerException.Should().BeOfType<InvalidOperationException>();

    [Fact]
    public async Task A_run_in_a_task_of_another_scheduler_is_as_any_other()
    {
        ConcurrentExclusiveSchedulerPair pair = new();
        Task<VirtualRun> run = Task.Factory.StartNew(() => VirtualNetwork.Run(3, Protocols.EchoScenario.RunAsync), CancellationToken.None, TaskCreationOptions.None, pair.ExclusiveScheduler);
        (await run.Guarded()).GetTrace().Should().Equal(VirtualNetwork.Run(3, Protocols.EchoScenario.RunAsync).GetTrace());
    }

    [Fact]
    public void A_note_is_a_line_of_the_trace() => VirtualNetwork.Run(1, async network =>
    {
        await network.DelayAsync(TimeSpan.FromMilliseconds(1500));
        network.Note("half time");
    }).GetTrace().Should().Equal("1500.000 ms  half time");

    private static VirtualRunException Fails(Func<VirtualNetwork, Task> scenario, VirtualNetworkOptions? options = null)
    {
        Action run = () => VirtualNetwork.Run(7, scenario, options);
        return run.Should().Throw<VirtualRunException>().Which;
    }
}
