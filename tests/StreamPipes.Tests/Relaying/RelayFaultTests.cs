using System.Net.Sockets;

namespace StreamPipes.Tests.Relaying;

/// <summary>A relay that does not come to its orderly end: what the peers see, what the result says, and that both connections are gone.</summary>
public sealed class RelayFaultTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_reset_of_either_peer_is_a_reset_for_the_other(bool isClient)
    {
        await using RelayBench bench = await RelayBench.StartAsync();
        await PipeExtensions.ShouldTalkAsync(bench.Client, bench.Server);
        (PipeConnection leaving, PipeConnection staying) = isClient ? (bench.Client, bench.Server) : (bench.Server, bench.Client);

        leaving.Abort();

        (await Thrown.SocketErrorByAsync(() => staying.Input.ReadAsync().Guarded())).Should().Be(SocketError.ConnectionReset);
        RelayResult result = await bench.Relay.Guarded();
        result.IsComplete.Should().BeFalse();
        Exception fault = (isClient ? result.FaultToOther : result.FaultFromOther)!;
        Thrown.SocketErrorOf(fault).Should().Be(SocketError.ConnectionReset);
        PipeConnection reset = isClient ? bench.Inner : bench.Outer;
        reset.Completion.Exception!.InnerException.Should().BeSameAs(fault);
        reset.CloseReason.Should().Be(CloseReason.ReadFault);
        bench.ShouldHaveDisposedBoth();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_reset_after_the_half_close_of_the_other_is_passed_on(bool isClient)
    {
        await using RelayBench bench = await RelayBench.StartAsync();
        (PipeConnection leaving, PipeConnection staying) = isClient ? (bench.Client, bench.Server) : (bench.Server, bench.Client);
        await staying.Output.CompleteAsync().Guarded();
        await leaving.Input.ShouldEndAsync();

        leaving.Abort();

        (await Thrown.SocketErrorByAsync(() => staying.Input.ReadAsync().Guarded())).Should().Be(SocketError.ConnectionReset);
        RelayResult result = await bench.Relay.Guarded();
        Thrown.SocketErrorOf(isClient ? result.FaultToOther : result.FaultFromOther).Should().Be(SocketError.ConnectionReset);
        (isClient ? result.FaultFromOther : result.FaultToOther).Should().BeNull();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_abort_of_either_connection_ends_the_relay_with_its_reason(bool isInner)
    {
        await using RelayBench bench = await RelayBench.StartAsync();
        await PipeExtensions.ShouldTalkAsync(bench.Client, bench.Server);
        InvalidDataException reason = new("Enough.");

        (isInner ? bench.Inner : bench.Outer).Abort(reason);

        RelayResult result = await bench.Relay.Guarded();
        result.FaultToOther.Should().BeSameAs(reason);
        result.FaultFromOther.Should().BeSameAs(reason);
        (await Thrown.SocketErrorByAsync(() => bench.Client.Input.ReadAsync().Guarded())).Should().Be(SocketError.ConnectionReset);
        (await Thrown.SocketErrorByAsync(() => bench.Server.Input.ReadAsync().Guarded())).Should().Be(SocketError.ConnectionReset);
        bench.ShouldHaveDisposedBoth();
    }

    [Fact]
    public async Task A_token_resets_both_peers_and_throws()
    {
        using CancellationTokenSource source = new();
        await using RelayBench bench = await RelayBench.StartAsync(cancellationToken: source.Token);
        await PipeExtensions.ShouldTalkAsync(bench.Client, bench.Server);

        await source.CancelAsync();

        OperationCanceledException thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bench.Relay.Guarded());
        thrown.CancellationToken.Should().Be(source.Token);
        (await Thrown.SocketErrorByAsync(() => bench.Client.Input.ReadAsync().Guarded())).Should().Be(SocketError.ConnectionReset);
        (await Thrown.SocketErrorByAsync(() => bench.Server.Input.ReadAsync().Guarded())).Should().Be(SocketError.ConnectionReset);
        bench.ShouldHaveDisposedBoth();
    }

    [Fact]
    public async Task A_token_that_has_fired_ends_both_connections_at_once()
    {
        await using RelayBench bench = await RelayBench.StartAsync(cancellationToken: new CancellationToken(canceled: true));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bench.Relay.Guarded());

        bench.ShouldHaveDisposedBoth();
    }

    [Fact]
    public async Task A_token_ends_a_relay_that_is_held_up_by_a_peer()
    {
        using CancellationTokenSource source = new();
        ScriptedStream deaf = new ScriptedStream().Hold(StreamOperation.Write);
        (PipeConnection client, PipeConnection inner) = InMemoryPair();
        Task<RelayResult> relay = inner.RelayAsync(StreamConnection.Create(deaf), source.Token);
        Task writing = client.Output.WriteAsync(Payload.Seeded(2_000_000)).AsTask();
        await deaf.GetCalledTask(StreamOperation.Write).Guarded();

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => relay.Guarded());
        await deaf.Disposed.Guarded();
        client.Abort();
        await Thrown.ByAsync(() => writing.Guarded());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Last_words_and_the_end_of_a_peer_that_takes_nothing_any_more_still_arrive(bool isMoreSent)
    {
        IOException refused = new("I take no more.");
        Gate gate = new();
        ScriptedStream refusing = new ScriptedStream().Fail(StreamOperation.Write, refused).Wait(gate).Read("413 too large").Eof();
        (PipeConnection client, PipeConnection inner) = InMemoryPair();
        PipeConnection outer = StreamConnection.Create(refusing);
        Task<RelayResult> relay = inner.RelayAsync(outer);
        await client.Output.WriteTextAsync("a large message");
        await refusing.GetCalledTask(StreamOperation.Write).Guarded();

        if (isMoreSent) await client.Output.WriteTextAsync("and more of it");
        gate.Release();

        (await client.Input.ReadTextAsync(13)).Should().Be("413 too large");
        await client.Input.ShouldEndAsync();
        RelayResult result = await relay.Guarded();
        result.FaultToOther.Should().BeSameAs(refused);
        result.FaultFromOther.Should().BeNull();
        result.BytesToOther.Should().Be(0);
        result.BytesFromOther.Should().Be(13);
        client.Abort();
    }

#if !LIBRARY_NETSTANDARD
    [Fact]
    public async Task A_peer_that_takes_nothing_any_more_and_says_nothing_is_waited_for_as_long_as_a_close_takes()
    {
        ManualTimeProvider clock = new();
        IOException refused = new("I take no more.");
        ScriptedStream refusing = new ScriptedStream().Fail(StreamOperation.Write, refused);
        (PipeConnection client, PipeConnection inner) = InMemoryPair();
        PipeConnection outer = StreamConnection.Create(refusing, new PipeConnectionOptions { TimeProvider = clock, CloseTimeout = TimeSpan.FromSeconds(5) });
        Task<RelayResult> relay = inner.RelayAsync(outer);
        await client.Output.WriteTextAsync("a message");
        await refusing.GetCalledTask(StreamOperation.Write).Guarded();
        await clock.WaitForTimersAsync(1).Guarded();
        relay.IsCompleted.Should().BeFalse();

        clock.Advance(TimeSpan.FromSeconds(6));

        RelayResult result = await relay.Guarded();
        result.FaultToOther.Should().BeSameAs(refused);
        result.FaultFromOther.Should().BeSameAs(refused);
        client.Abort();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_IdleTimeout_of_either_side_ends_both(bool isInner)
    {
        ManualTimeProvider clock = new();
        PipeConnectionOptions limited = new() { TimeProvider = clock, IdleTimeout = TimeSpan.FromMinutes(1) };
        await using RelayBench bench = await RelayBench.StartAsync(innerOptions: isInner ? limited : null, outerOptions: isInner ? null : limited);
        await PipeExtensions.ShouldTalkAsync(bench.Client, bench.Server);

        clock.Advance(TimeSpan.FromMinutes(2));

        RelayResult result = await bench.Relay.Guarded();
        result.FaultToOther.Should().BeOfType<TimeoutException>();
        result.FaultFromOther.Should().BeSameAs(result.FaultToOther);
        (isInner ? bench.Inner : bench.Outer).CloseReason.Should().Be(CloseReason.TimedOut);
        (await Thrown.SocketErrorByAsync(() => bench.Client.Input.ReadAsync().Guarded())).Should().Be(SocketError.ConnectionReset);
        (await Thrown.SocketErrorByAsync(() => bench.Server.Input.ReadAsync().Guarded())).Should().Be(SocketError.ConnectionReset);
    }

    [Fact]
    public async Task A_WriteTimeout_of_the_side_that_does_not_read_ends_both()
    {
        ManualTimeProvider clock = new();
        ScriptedStream deaf = new ScriptedStream().Hold(StreamOperation.Write);
        (PipeConnection client, PipeConnection inner) = InMemoryPair();
        PipeConnection outer = StreamConnection.Create(deaf, new PipeConnectionOptions { TimeProvider = clock, WriteTimeout = TimeSpan.FromSeconds(30) });
        Task<RelayResult> relay = inner.RelayAsync(outer);
        await client.Output.WriteTextAsync("anybody?");
        await deaf.GetCalledTask(StreamOperation.Write).Guarded();

        clock.Advance(TimeSpan.FromSeconds(31));

        RelayResult result = await relay.Guarded();
        result.FaultToOther.Should().BeOfType<TimeoutException>();
        outer.CloseReason.Should().Be(CloseReason.TimedOut);
        inner.CloseReason.Should().Be(CloseReason.Aborted);
        client.Abort();
    }
#endif

    private static (PipeConnection Peer, PipeConnection OfRelay) InMemoryPair()
    {
        StreamPair pair = StreamPairs.InMemory();
        return (StreamConnection.Create(pair.Client), StreamConnection.Create(pair.Server));
    }
}
