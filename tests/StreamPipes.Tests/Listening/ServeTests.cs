using System.Net.Sockets;

namespace StreamPipes.Tests.Listening;

/// <summary>Handlers, one for each client.</summary>
public sealed class ServeTests
{
    [Fact]
    public async Task Every_client_has_a_handler_of_its_own_whose_connection_is_closed_after_it()
    {
        await using PipeListener listener = SocketConnection.Listen(Clients.Loopback);
        Task serving = listener.ServeAsync(Clients.EchoAsync);
        List<PipeConnection> clients = [];
        for (int i = 0; i < 20; i++) clients.Add(await Clients.ConnectAsync(listener));
        foreach (PipeConnection client in clients) await Clients.ShouldEchoAsync(client);
        foreach (PipeConnection client in clients)
        {
            await client.Output.CompleteAsync().Guarded();
            await client.Input.ShouldEndAsync();
            await client.DisposeAsync().Guarded();
        }

        await listener.DisposeAsync().Guarded();

        await serving.Guarded();
        listener.ConnectionsOpen.Should().Be(0);
    }

    [Fact]
    public async Task A_handler_that_throws_is_told_once_its_client_is_cut_off_and_the_others_are_served()
    {
        FaultLog faults = new();
        InvalidDataException error = new("no such command");
        await using PipeListener listener = SocketConnection.Listen(Clients.Loopback, new PipeListenerOptions { OnConnectionFault = faults.Add });
        int count = 0;
        await using PipeConnection unlucky = await Clients.ConnectAsync(listener);
        Task serving = listener.ServeAsync(async (connection, stopping) =>
        {
            if (Interlocked.Increment(ref count) > 1)
            {
                await Clients.EchoAsync(connection, stopping);
                return;
            }

            connection.Output.Put(new byte[100]);
            throw error;
        });
        await Clients.ShouldBeResetAsync(unlucky);
        await using PipeConnection client = await Clients.ConnectAsync(listener);
        await Clients.ShouldEchoAsync(client);
        await client.DisposeAsync().Guarded();

        await listener.DisposeAsync().Guarded();

        await serving.Guarded();
        faults.All.Should().ContainSingle().Which.Should().Be((unlucky.LocalEndPoint, error));
    }

    [Fact]
    public async Task Clients_that_reset_before_they_are_accepted_do_not_keep_the_next_one_from_being_served()
    {
        await using PipeListener listener = SocketConnection.Listen(Clients.Loopback);
        for (int i = 0; i < 20; i++)
        {
            using Socket gone = await Clients.ConnectSilentlyAsync(listener);
            gone.Close(timeout: 0);
        }

        await using PipeConnection client = await Clients.ConnectAsync(listener);
        Task serving = listener.ServeAsync(Clients.EchoAsync);

        await Clients.ShouldEchoAsync(client);

        await client.DisposeAsync().Guarded();
        await listener.DisposeAsync().Guarded();
        await serving.Guarded();
        listener.ConnectionsOpen.Should().Be(0);
    }

    [Fact]
    public async Task A_handler_that_throws_before_it_awaits_anything_is_told_like_any_other()
    {
        FaultLog faults = new();
        await using PipeListener listener = SocketConnection.Listen(Clients.Loopback, new PipeListenerOptions { OnConnectionFault = faults.Add });
        await using PipeConnection client = await Clients.ConnectAsync(listener);
        Task serving = listener.ServeAsync((_, _) => throw new InvalidDataException("at once"));

        (await faults.NextAsync()).Error.Message.Should().Be("at once");

        client.Abort();
        await listener.DisposeAsync().Guarded();
        await serving.Guarded();
        faults.All.Should().ContainSingle();
    }

    [Fact]
    public async Task A_client_that_resets_is_told_once_by_what_its_handler_throws()
    {
        FaultLog faults = new();
        await using PipeListener listener = SocketConnection.Listen(Clients.Loopback, new PipeListenerOptions { OnConnectionFault = faults.Add });
        Task serving = listener.ServeAsync(Clients.EchoAsync);
        PipeConnection client = await Clients.ConnectAsync(listener);
        await Clients.ShouldEchoAsync(client);

        client.Abort();

        Thrown.SocketErrorOf((await faults.NextAsync()).Error).Should().Be(SocketError.ConnectionReset);
        await listener.DisposeAsync().Guarded();
        await serving.Guarded();
        faults.All.Should().ContainSingle();
    }

#if !LIBRARY_NETSTANDARD
    [Fact]
    public async Task An_answer_that_did_not_arrive_though_its_handler_had_returned_is_told_once()
    {
        ManualTimeProvider clock = new();
        FaultLog faults = new();
        PipeConnectionOptions connection = new() { TimeProvider = clock, SendPipeOptions = new System.IO.Pipelines.PipeOptions(pauseWriterThreshold: 0) };
        await using PipeListener listener = SocketConnection.Listen(Clients.Loopback, new PipeListenerOptions { OnConnectionFault = faults.Add, Connection = connection });
        Task serving = listener.ServeAsync(async (connection, stopping) => await connection.Output.WriteAsync(new byte[20_000_000], stopping));
        using Socket client = await Clients.ConnectSilentlyAsync(listener);

        // The close has begun, and the client reads nothing.
        await clock.WaitForTimerWithinAsync(connection.CloseTimeout).Guarded();
        clock.Advance(connection.CloseTimeout);

        (await faults.NextAsync()).Error.Should().BeOfType<TimeoutException>().Which.Message.Should().Contain("bytes, which are lost");
        await listener.DisposeAsync().Guarded();
        await serving.Guarded();
        faults.All.Should().ContainSingle();
    }
#endif

    [Fact]
    public async Task Never_are_more_clients_served_at_a_time_than_MaximumConnections_says()
    {
        const int Most = 2;
        await using PipeListener listener = SocketConnection.Listen(Clients.Loopback, new PipeListenerOptions { MaximumConnections = Most });
        Lock sync = new();
        int now = 0;
        int highest = 0;
        Task serving = listener.ServeAsync(async (connection, stopping) =>
        {
            int here = Interlocked.Increment(ref now);
            lock (sync) highest = Math.Max(highest, Math.Max(here, listener.ConnectionsOpen));
            await Clients.EchoAsync(connection, stopping);
            Interlocked.Decrement(ref now);
        });
        List<PipeConnection> clients = [];
        for (int i = 0; i < 30; i++) clients.Add(await Clients.ConnectAsync(listener));

        foreach (PipeConnection client in clients)
        {
            await Clients.ShouldEchoAsync(client);
            await client.DisposeAsync().Guarded();
        }

        await listener.DisposeAsync().Guarded();
        await serving.Guarded();
        highest.Should().Be(Most);
    }

    [Fact]
    public async Task A_missing_handler_is_refused()
    {
        await using PipeListener listener = SocketConnection.Listen(Clients.Loopback);
        await Assert.ThrowsAsync<ArgumentNullException>("handler", () => listener.ServeAsync(null!));
    }
}
