using System.Diagnostics;
using System.Globalization;

namespace StreamPipes.Testing.Tests.Network;

/// <summary>What a short life of a connection costs: connect, a request and an answer, both ends closed. The figure is in the output; the bound only catches a collapse.</summary>
[Collection(nameof(RunsAlone))]
public sealed class LifeTests(ITestOutputHelper output)
{
    private static int Lives => LongRun.IsOn ? 100_000 : 2_000;

    [Fact]
    public void A_short_life_of_two_connections_costs_little() => Measure("two connections", async network =>
    {
        (PipeConnection client, PipeConnection server) = network.Connect();
        Task serving = ServeAsync(server);
        await client.Output.WriteAsync("hello"u8.ToArray());
        await client.Input.ReadAtLeastAsync(5);
        await client.DisposeAsync();
        await serving;

        static async Task ServeAsync(PipeConnection connection)
        {
            await connection.Input.ReadAtLeastAsync(5).ConfigureAwait(false);
            await connection.Output.WriteAsync("hello"u8.ToArray()).ConfigureAwait(false);
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    });

    [Fact]
    public void A_short_life_of_two_streams_costs_little() => Measure("two streams", async network =>
    {
        (VirtualStream client, VirtualStream server) = network.ConnectStreams();
        Task serving = ServeAsync(server);
        await client.WriteAsync("hello"u8.ToArray());
        await client.ReadExactlyAsync(new byte[5]);
        await client.DisposeAsync();
        await serving;

        static async Task ServeAsync(VirtualStream stream)
        {
            await stream.ReadExactlyAsync(new byte[5]).ConfigureAwait(false);
            await stream.WriteAsync("hello"u8.ToArray()).ConfigureAwait(false);
            await stream.DisposeAsync().ConfigureAwait(false);
        }
    });

    private void Measure(string name, Func<VirtualNetwork, Task> life)
    {
        VirtualNetwork.RunMany(firstSeed: -500, count: 500, life);
        using Process process = Process.GetCurrentProcess();
        TimeSpan before = process.TotalProcessorTime;
        VirtualNetwork.RunMany(firstSeed: 1, count: Lives, life);
        process.Refresh();
        double perMinute = Lives / (process.TotalProcessorTime - before).TotalMinutes;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {perMinute:N0} lives per CPU-minute"));
        perMinute.Should().BeGreaterThan(10_000);
    }
}
