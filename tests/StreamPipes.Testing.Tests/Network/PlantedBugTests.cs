using StreamPipes.Testing.Tests.Protocols;

namespace StreamPipes.Testing.Tests.Network;

/// <summary>Mistakes of a protocol that a fast loopback hides are found by some seed, and found again by it.</summary>
public sealed class PlantedBugTests
{
    [Fact]
    public void A_parser_that_takes_what_has_come_for_a_whole_message_is_found() =>
        Finds(new EchoScenario(NetstringBug.TakesAMessageForWhole), new VirtualNetworkOptions());

    [Fact]
    public void A_parser_that_consumes_part_of_a_message_is_found() =>
        Finds(new EchoScenario(NetstringBug.ConsumesPartOfAMessage), new VirtualNetworkOptions());

    [Fact]
    public void A_parser_that_takes_an_end_anywhere_is_found_where_the_network_truncates()
    {
        VirtualNetworkOptions truncating = new() { Link = new VirtualLinkOptions { TruncationProbability = 1, MaximumFaultPosition = 100 } };
        VirtualRunException found = Finds(new EchoScenario(NetstringBug.TakesTheEndAnywhere), truncating);
        found.GetTrace().Should().Contain(line => line.Contains("is cut off", StringComparison.Ordinal));
    }

    [Fact]
    public void Two_ends_that_both_write_before_they_read_are_found_to_hang()
    {
        Action run = () => VirtualNetwork.RunMany(firstSeed: 1, count: 10, async network =>
        {
            (VirtualStream client, VirtualStream server) = network.ConnectStreams(new VirtualLinkOptions { WindowSize = 1000 });
            await Task.WhenAll(ExchangeAsync(client), ExchangeAsync(server));
        });
        run.Should().Throw<VirtualRunException>().Which.Failure.Should().Be(VirtualRunFailure.Hang);

        static async Task ExchangeAsync(VirtualStream stream)
        {
            await stream.WriteAsync(new byte[5000]);
            await stream.ReadExactlyAsync(new byte[5000]);
        }
    }

    [Fact]
    public void A_lost_update_between_two_awaits_is_found_by_the_order_that_some_seed_draws()
    {
        Action run = () => VirtualNetwork.RunMany(firstSeed: 1, count: 100, async network =>
        {
            int count = 0;
            await Task.WhenAll(AddAsync(), AddAsync());
            if (count != 2) throw new InvalidOperationException("an update was lost");

            async Task AddAsync()
            {
                if (network.Random.Next(2) == 0) await Task.Yield();
                int seen = count;
                await Task.Yield();
                count = seen + 1;
            }
        });
        run.Should().Throw<VirtualRunException>().WithInnerException<InvalidOperationException>().WithMessage("an update was lost");
    }

    private static VirtualRunException Finds(EchoScenario scenario, VirtualNetworkOptions options)
    {
        Action run = () => VirtualNetwork.RunMany(firstSeed: 1, count: 1000, scenario.RunBothAsync, options);
        VirtualRunException found = run.Should().Throw<VirtualRunException>().Which;
        Action again = () => VirtualNetwork.Run(found.Seed, scenario.RunBothAsync, options);
        again.Should().Throw<VirtualRunException>().Which.Message.Should().Be(found.Message);
        return found;
    }
}
