using System.Net.Sockets;

namespace StreamPipes.Testing.Tests.Network;

/// <summary>Each thing that a virtual connection can do to its bytes is met by some seed, and bytes are never changed.</summary>
public sealed class FaultTests
{
    private static readonly byte[] Payload = [.. Enumerable.Range(0, 3000).Select(i => (byte)i)];

    [Fact]
    public void Bytes_arrive_whole_and_in_order_whatever_the_pieces()
    {
        HashSet<int> sizes = [];
        VirtualNetwork.RunMany(firstSeed: 1, count: 300, async network =>
        {
            (VirtualStream client, VirtualStream server) = network.ConnectStreams();
            Task sending = SendAsync(client);
            List<byte> received = [];
            byte[] buffer = new byte[1 + network.Random.Next(5000)];
            int read;
            while ((read = await server.ReadAsync(buffer)) > 0)
            {
                sizes.Add(read);
                received.AddRange(buffer.AsSpan(0, read));
            }

            received.Should().Equal(Payload);
            await sending;
        });
        sizes.Should().Contain(1).And.Contain(size => size > 1000).And.HaveCountGreaterThan(100);
    }

    [Fact]
    public void Stalls_occur() => TraceOf(new VirtualLinkOptions { StallProbability = 0.5 }).Should().Contain(line => line.Contains("is stalled for", StringComparison.Ordinal));

    [Fact]
    public void A_truncated_direction_ends_early_for_the_receiver_while_the_sender_goes_on()
    {
        VirtualLinkOptions link = new() { TruncationProbability = 1, MaximumFaultPosition = 2000 };
        VirtualNetwork.RunMany(firstSeed: 1, count: 100, async network =>
        {
            (VirtualStream client, VirtualStream server) = network.ConnectStreams(link);
            Task sending = SendAsync(client);
            byte[] received = await ReadAllAsync(server);
            received.Should().HaveCountLessThan(Payload.Length).And.Equal(Payload[..received.Length]);
            await sending;
        });
    }

    [Fact]
    public void A_reset_by_the_network_reaches_both_sides()
    {
        VirtualLinkOptions link = new() { ResetProbability = 1, MaximumFaultPosition = 2000 };
        VirtualNetwork.RunMany(firstSeed: 1, count: 100, async network =>
        {
            (VirtualStream client, VirtualStream server) = network.ConnectStreams(link);
            Task sending = SendAsync(client);
            Func<Task> reading = () => ReadAllAsync(server);
            (await reading.Should().ThrowAsync<IOException>()).WithInnerException<SocketException>().Which.SocketErrorCode.Should().Be(SocketError.ConnectionReset);
            await network.DelayAsync(TimeSpan.FromSeconds(1));
            Func<Task> writing = async () => await client.WriteAsync(Payload);
            await writing.Should().ThrowAsync<Exception>();
            await Task.WhenAny(sending);
        });
    }

    [Fact]
    public void A_half_close_ends_one_direction_and_leaves_the_other()
    {
        VirtualNetwork.RunMany(firstSeed: 1, count: 100, async network =>
        {
            (VirtualStream client, VirtualStream server) = network.ConnectStreams();
            client.ShutdownWrites();
            (await server.ReadAsync(new byte[1])).Should().Be(0);
            Task sending = SendAsync(server);
            (await ReadAllAsync(client)).Should().Equal(Payload);
            await sending;
        });
    }

    [Fact]
    public void A_dispose_with_unread_bytes_resets_the_other_side_as_that_of_a_socket_does()
    {
        VirtualNetwork.RunMany(firstSeed: 1, count: 100, async network =>
        {
            (VirtualStream client, VirtualStream server) = network.ConnectStreams();
            await client.WriteAsync(Payload);
            await network.DelayAsync(TimeSpan.FromSeconds(5));
            await server.DisposeAsync();
            Func<Task> reading = () => client.ReadAsync(new byte[1]).AsTask();
            await reading.Should().ThrowAsync<IOException>();
        });
    }

    [Fact]
    public void Bandwidth_takes_virtual_time_and_no_real_one()
    {
        VirtualLinkOptions slow = new() { BytesPerSecond = 100, StallProbability = 0 };
        VirtualRun run = VirtualNetwork.Run(1, async network =>
        {
            (VirtualStream client, VirtualStream server) = network.ConnectStreams(slow);
            Task sending = SendAsync(client);
            await ReadAllAsync(server);
            await sending;
        });
        run.Elapsed.Should().BeCloseTo(TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void A_write_waits_while_the_window_is_full()
    {
        VirtualNetwork.RunMany(firstSeed: 1, count: 100, async network =>
        {
            (VirtualStream client, VirtualStream server) = network.ConnectStreams(new VirtualLinkOptions { WindowSize = 2999 });
            Task writing = client.WriteAsync(Payload).AsTask();
            await network.DelayAsync(TimeSpan.FromMinutes(1));
            writing.IsCompleted.Should().BeFalse();
            await server.ReadExactlyAsync(new byte[1]);
            await writing;
        });
    }

    [Fact]
    public void A_cancelled_read_loses_nothing()
    {
        VirtualNetwork.RunMany(firstSeed: 1, count: 300, async network =>
        {
            (VirtualStream client, VirtualStream server) = network.ConnectStreams();
            using CancellationTokenSource cancellation = new(TimeSpan.FromMilliseconds(network.Random.Next(20)), network.TimeProvider);
            byte[] received = new byte[Payload.Length];
            Task<int> reading = server.ReadAsync(received, cancellation.Token).AsTask();
            Task sending = SendAsync(client);
            int read = 0;
            try
            {
                read = await reading;
            }
            catch (OperationCanceledException)
            {
                // As asked for; or the bytes were faster.
            }

            await server.ReadExactlyAsync(received.AsMemory(read));
            received.Should().Equal(Payload);
            await sending;
        });
    }

    private static IReadOnlyList<string> TraceOf(VirtualLinkOptions link) => VirtualNetwork.Run(1, async network =>
    {
        (VirtualStream client, VirtualStream server) = network.ConnectStreams(link);
        Task sending = SendAsync(client);
        await ReadAllAsync(server);
        await sending;
    }).GetTrace();

    private static async Task SendAsync(VirtualStream stream)
    {
        for (int sent = 0; sent < Payload.Length; sent += 300) await stream.WriteAsync(Payload.AsMemory(sent, 300));
        stream.ShutdownWrites();
    }

    private static async Task<byte[]> ReadAllAsync(VirtualStream stream)
    {
        using MemoryStream received = new();
        byte[] buffer = new byte[1000];
        int read;
        while ((read = await stream.ReadAsync(buffer)) > 0) received.Write(buffer, 0, read);
        return received.ToArray();
    }
}
