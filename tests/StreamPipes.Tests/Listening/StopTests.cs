using System.Net.Sockets;
using StreamPipes.Tests.Lifetime;

namespace StreamPipes.Tests.Listening;

/// <summary>The end of a listener, with clients in every state.</summary>
public sealed class StopTests
{
    private const int AnswerLength = 300_000;

    [Fact]
    public async Task A_stop_under_load_loses_no_answer_that_was_begun()
    {
        const int Count = 50;
        Gate answering = new();
        using CountdownEvent begun = new(Count);
        using CancellationTokenSource stop = new();
        FaultLog faults = new();
        await using PipeListener listener = SocketConnection.Listen(Clients.Loopback, new PipeListenerOptions { OnConnectionFault = faults.Add });
        Task serving = listener.ServeAsync(
            async (connection, stopping) =>
            {
                while (true)
                {
                    await connection.Input.TakeAsync(1, stopping);
                    begun.Signal();
                    await answering.WaitAsync(CancellationToken.None);
                    await connection.Output.WriteAsync(new byte[AnswerLength], CancellationToken.None);
                }
            },
            stop.Token);
        List<PipeConnection> busy = [];
        List<PipeConnection> idle = [];
        for (int i = 0; i < Count; i++)
        {
            // Clients are accepted in their order: when the last that is busy has been heard, there are no others outside.
            idle.Add(await Clients.ConnectAsync(listener));
            busy.Add(await Clients.ConnectAsync(listener));
        }

        foreach (PipeConnection client in busy) await client.Output.WriteTextAsync("?");
        begun.Wait(HangGuard.Limit).Should().BeTrue();

        await stop.CancelAsync();
        answering.Release();

        Task<byte[]>[] answers = [.. busy.Select(client => client.Input.TakeAllAsync())];
        foreach (Task<byte[]> answer in answers) (await answer.Guarded()).Should().HaveCount(AnswerLength);
        foreach (PipeConnection client in idle) await client.Input.ShouldEndAsync();
        foreach (PipeConnection client in busy.Concat(idle)) await client.DisposeAsync().Guarded();
        await serving.Guarded();
        listener.ConnectionsOpen.Should().Be(0);
        faults.All.Should().BeEmpty();
        await Assert.ThrowsAsync<SocketException>(() => SocketConnection.ConnectAsync(listener.LocalEndPoint).Guarded());
    }

    [Fact]
    public async Task A_token_that_has_fired_already_serves_no_client_and_stops_the_listener()
    {
        await using PipeListener listener = SocketConnection.Listen(Clients.Loopback);

        await listener.ServeAsync((_, _) => throw new InvalidOperationException("no client is to be served"), new CancellationToken(canceled: true)).Guarded();

        await Assert.ThrowsAsync<SocketException>(() => SocketConnection.ConnectAsync(listener.LocalEndPoint).Guarded());
    }

    [Fact]
    public async Task A_stop_waits_for_no_place_to_be_free()
    {
        await using PipeListener listener = SocketConnection.Listen(Clients.Loopback, new PipeListenerOptions { MaximumConnections = 1 });
        await using PipeConnection client = await Clients.ConnectAsync(listener);
        await using PipeConnection server = await listener.AcceptAsync().Guarded();
        Task<PipeConnection> waiting = listener.AcceptAsync().AsTask();

        await listener.DisposeAsync().Guarded();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting.Guarded());
        client.Abort();
        server.Abort();
    }

    [Fact]
    public async Task A_connection_that_is_waiting_to_be_accepted_is_reset_by_a_stop()
    {
        ScriptedListeningSocket socket = new();
        await using PipeListener listener = PipeListener.Over(socket, options: null);
        using CancellationTokenSource source = new();
        Task<PipeConnection> given = listener.AcceptAsync(source.Token).AsTask();
        await socket.AskedAsync();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given.Guarded());
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        socket.Accept(server);
        SpinWait.SpinUntil(() => listener.ConnectionsOpen == 1, HangGuard.Limit).Should().BeTrue();

        await listener.DisposeAsync().Guarded();

        await Clients.ShouldBeClosedAsync(client);
        SpinWait.SpinUntil(() => listener.ConnectionsOpen == 0, HangGuard.Limit).Should().BeTrue();
        client.Dispose();
    }

#if !LIBRARY_NETSTANDARD
    [Fact]
    public async Task Handlers_that_do_not_end_are_waited_for_until_ShutdownTimeout_to_the_millisecond_and_aborted_then()
    {
        ManualTimeProvider clock = new();
        FaultLog faults = new();
        TimeSpan limit = TimeSpan.FromSeconds(7);
        PipeListenerOptions options = new() { ShutdownTimeout = limit, OnConnectionFault = faults.Add, Connection = new PipeConnectionOptions { TimeProvider = clock } };
        await using PipeListener listener = SocketConnection.Listen(Clients.Loopback, options);
        Gate served = new();
        Task serving = listener.ServeAsync(async (connection, _) =>
        {
            await served.WaitAsync(CancellationToken.None);
            await connection.Input.TakeAsync(1, CancellationToken.None);
        });
        await using PipeConnection client = await Clients.ConnectAsync(listener);
        await served.Called.Guarded();
        served.Release();
        Task stopping = listener.DisposeAsync().AsTask();
        await clock.WaitForTimerWithinAsync(limit).Guarded();

        clock.Advance(limit - TimeSpan.FromMilliseconds(1));
        stopping.IsCompleted.Should().BeFalse();
        faults.All.Should().BeEmpty();
        clock.Advance(TimeSpan.FromMilliseconds(1));

        await stopping.Guarded();
        await serving.Guarded();
        (await faults.NextAsync()).Error.Should().BeOfType<TimeoutException>().Which.Message.Should().Contain("ShutdownTimeout of 00:00:07");
        await Clients.ShouldBeResetAsync(client);
        faults.All.Should().ContainSingle();
        clock.ArmedTimers.Should().Be(0);
    }

    [Fact]
    public async Task A_handler_that_heeds_nothing_at_all_does_not_keep_the_stop()
    {
        ManualTimeProvider clock = new();
        PipeListenerOptions options = new() { ShutdownTimeout = TimeSpan.Zero, Connection = new PipeConnectionOptions { TimeProvider = clock } };
        await using PipeListener listener = SocketConnection.Listen(Clients.Loopback, options);
        Gate stuck = new();
        _ = listener.ServeAsync((_, _) => stuck.WaitAsync(CancellationToken.None));
        await using PipeConnection client = await Clients.ConnectAsync(listener);
        await stuck.Called.Guarded();

        Task stopping = listener.DisposeAsync().AsTask();
        await clock.AdvanceUntilAsync(stopping).Guarded();

        await stopping;
        await Clients.ShouldBeResetAsync(client);
        stuck.Release();
    }
#endif
}
