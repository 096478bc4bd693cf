using System.Diagnostics;
using StreamPipes.Testing.Tests.Protocols;

namespace StreamPipes.Testing.Tests.Network;

/// <summary>The same seed gives the same run, and a failure is found again by its seed.</summary>
public sealed class ReplayTests(ITestOutputHelper output)
{
    private static readonly VirtualNetworkOptions Faulty = new() { Link = new VirtualLinkOptions { ResetProbability = 0.3, TruncationProbability = 0.3, MaximumFaultPosition = 200, StallProbability = 0.1 } };

    [Fact]
    public void Two_runs_with_the_same_seed_have_the_same_trace_step_for_step()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            VirtualRun first = VirtualNetwork.Run(seed, EchoScenario.RunAsync);
            VirtualRun second = VirtualNetwork.Run(seed, EchoScenario.RunAsync);
            second.GetTrace().Should().Equal(first.GetTrace());
            second.Steps.Should().Be(first.Steps);
            second.Elapsed.Should().Be(first.Elapsed);
        }
    }

    [Fact]
    public void Runs_with_different_seeds_differ() =>
        Enumerable.Range(0, 50).Select(seed => string.Join('\n', VirtualNetwork.Run(seed, EchoScenario.RunAsync).GetTrace())).Should().OnlyHaveUniqueItems();

    [Fact]
    public void A_failure_has_the_same_trace_and_message_when_its_seed_is_run_again()
    {
        int failures = 0;
        for (int seed = 0; seed < 60; seed++)
        {
            VirtualRunException? first = Fails(seed);
            VirtualRunException? second = Fails(seed);
            if (first is null)
            {
                second.Should().BeNull();
                continue;
            }

            failures++;
            second!.Message.Should().Be(first.Message).And.Contain($"seed {seed} ").And.Contain($"VirtualNetwork.Run({seed}, ");
            second.GetTrace().Should().Equal(first.GetTrace());
            second.Failure.Should().Be(first.Failure);
        }

        failures.Should().BePositive("the network resets and truncates");

        static VirtualRunException? Fails(int seed)
        {
            try
            {
                VirtualNetwork.Run(seed, EchoScenario.RunAsync, Faulty);
                return null;
            }
            catch (VirtualRunException e)
            {
                return e;
            }
        }
    }

    [Fact]
    public void A_thousand_seeds_of_a_protocol_over_connections_take_no_time_to_speak_of()
    {
        Stopwatch taken = Stopwatch.StartNew();
        VirtualNetwork.RunMany(firstSeed: 1, count: 1000, EchoScenario.RunAsync);
        output.WriteLine($"1000 seeds took {taken.ElapsedMilliseconds} ms");
        taken.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void A_thousand_seeds_pass_where_pipes_have_tiny_thresholds()
    {
        PipeConnectionOptions tiny = new()
        {
            ReceivePipeOptions = new System.IO.Pipelines.PipeOptions(pauseWriterThreshold: 16, resumeWriterThreshold: 8, minimumSegmentSize: 16),
            SendPipeOptions = new System.IO.Pipelines.PipeOptions(pauseWriterThreshold: 16, resumeWriterThreshold: 8, minimumSegmentSize: 16),
            MinimumReadSize = 16,
        };
        VirtualNetwork.RunMany(firstSeed: 1, count: 1000, new EchoScenario(options: tiny).RunBothAsync);
    }
}
