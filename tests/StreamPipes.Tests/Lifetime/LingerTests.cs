#if !LIBRARY_NETSTANDARD
using System.Net.Sockets;
using StreamPipes.Transports;

namespace StreamPipes.Tests.Lifetime;

/// <summary>How a close waits for the peer's own, reading and dropping what still comes, to the millisecond.</summary>
public sealed class LingerTests : ClosingBench
{
    [Fact]
    public async Task Bytes_that_the_peer_still_sends_during_the_close_are_read_to_the_end_and_dropped()
    {
        TransportDouble transport = new(Stream) { Lingers = true };
        PipeConnection connection = Start(transport);
        Task disposing = await BeginToLingerAsync(connection, transport);

        await SendLateAsync(times: 3);
        disposing.IsCompleted.Should().BeFalse();
        Stream.IsDisposed.Should().BeFalse();
        Stream.Eof();

        await disposing.Guarded();
        await ShouldHaveClosedInOrderAsync(connection, transport);
        connection.BytesReceived.Should().Be(0);
    }

    [Fact]
    public async Task The_transport_is_released_once_the_read_that_discards_has_left_it()
    {
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
        {
            (Socket near, Socket far) = await SocketPair.TcpAsync();
            using Socket peer = far;
            PipeConnectionOptions options = new();
            PipeConnection connection = PipeConnection.Over(new ContractTransport(new SocketTransport(near, options)), options);
            connection.Input.Complete();

            // The peer is silent: the linger ends by cancelling its read, which takes a moment to leave the socket.
            await connection.DisposeAsync().Guarded();

            await connection.Completion.Guarded();
            connection.CloseReason.Should().Be(CloseReason.LocalClose);
        }));
    }

    [Fact]
    public async Task A_quiet_peer_that_has_everything_is_waited_for_a_quarter_of_a_second()
    {
        TransportDouble transport = new(Stream) { Lingers = true, PeerHasEverything = true };
        PipeConnection connection = Start(transport);
        Task disposing = await BeginToLingerAsync(connection, transport);

        Clock.Advance(Interval - Moment);
        Stream.IsDisposed.Should().BeFalse();
        Clock.Advance(Moment);

        await disposing.Guarded();
        await ShouldHaveClosedInOrderAsync(connection, transport);
    }

    [Fact]
    public async Task A_peer_that_has_everything_and_still_sends_is_waited_for()
    {
        TransportDouble transport = new(Stream) { Lingers = true, PeerHasEverything = true };
        PipeConnection connection = Start(transport);
        Task disposing = await BeginToLingerAsync(connection, transport);
        for (int i = 1; i <= 3; i++)
        {
            await SendLateAsync(times: 1, readsBefore: i);
            Clock.Advance(Interval);
            Stream.IsDisposed.Should().BeFalse();
        }

        Clock.Advance(Interval);

        await disposing.Guarded();
        await ShouldHaveClosedInOrderAsync(connection, transport);
    }

    [Theory]
    [InlineData(5000)]
    [InlineData(250)]
    [InlineData(100)]
    public async Task A_peer_of_unknown_progress_is_waited_for_until_CloseTimeout(int limit)
    {
        TransportDouble transport = new(Stream) { Lingers = true };
        PipeConnection connection = Start(transport, TimeSpan.FromMilliseconds(limit));
        Task disposing = await BeginToLingerAsync(connection, transport);

        for (int passed = 1; passed < limit; passed++) Clock.Advance(Moment);
        Stream.IsDisposed.Should().BeFalse();
        Clock.Advance(Moment);

        await disposing.Guarded();
        await ShouldHaveClosedInOrderAsync(connection, transport);
    }

    [Fact]
    public async Task Without_CloseTimeout_a_peer_is_waited_for_until_it_has_everything()
    {
        TransportDouble transport = new(Stream) { Lingers = true };
        PipeConnection connection = Start(transport, Timeout.InfiniteTimeSpan);
        Task disposing = await BeginToLingerAsync(connection, transport);
        for (int i = 0; i < 100; i++) Clock.Advance(Interval);
        Stream.IsDisposed.Should().BeFalse();

        transport.PeerHasEverything = true;
        Clock.Advance(Interval);

        await disposing.Guarded();
        await ShouldHaveClosedInOrderAsync(connection, transport);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_completed_reader_the_close_reads_to_the_end_of_the_peer(bool theReadFails)
    {
        TransportDouble transport = new(Stream) { Lingers = true };
        PipeConnection connection = Start(transport);
        Task disposing = await BeginToLingerAfterTheReaderAsync(connection, transport);

        await SendLateAsync(times: 3, readsBefore: 2);
        Stream.IsDisposed.Should().BeFalse();
        _ = theReadFails ? Stream.ReadError(new IOException("the peer is gone")) : Stream.Eof();

        await disposing.Guarded();
        await ShouldHaveClosedInOrderAsync(connection, transport);
    }

    [Fact]
    public async Task Bytes_that_come_after_a_completed_reader_restart_the_wait_for_the_peer()
    {
        TransportDouble transport = new(Stream) { Lingers = true, PeerHasEverything = true };
        PipeConnection connection = Start(transport);
        Task disposing = await BeginToLingerAfterTheReaderAsync(connection, transport);
        for (int i = 0; i < 3; i++)
        {
            await SendLateAsync(times: 1, readsBefore: 2 + i);
            Clock.Advance(Interval - Moment);
            Clock.ArmedTimers.Should().Be(1);
        }

        Clock.Advance(Moment);

        await disposing.Guarded();
        await ShouldHaveClosedInOrderAsync(connection, transport);
    }

    [Fact]
    public async Task The_read_after_a_completed_reader_is_stopped_by_CloseTimeout()
    {
        TransportDouble transport = new(Stream) { Lingers = true };
        PipeConnection connection = Start(transport);
        Task disposing = await BeginToLingerAfterTheReaderAsync(connection, transport);

        for (TimeSpan passed = Moment; passed < Clockwork.CloseTimeout; passed += Moment) Clock.Advance(Moment);
        Stream.IsDisposed.Should().BeFalse();
        Clock.Advance(Moment);

        await disposing.Guarded();
        await ShouldHaveClosedInOrderAsync(connection, transport);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_abort_ends_the_wait_for_the_peer(bool readerIsDone)
    {
        TransportDouble transport = new(Stream) { Lingers = true };
        PipeConnection connection = Start(transport);
        Task disposing = readerIsDone ? await BeginToLingerAfterTheReaderAsync(connection, transport) : await BeginToLingerAsync(connection, transport);

        connection.Abort();

        await disposing.Guarded();
        transport.Resets.Should().BePositive();
        connection.CloseReason.Should().Be(CloseReason.Aborted);
        Clock.ArmedTimers.Should().Be(0);
    }

    [Fact]
    public async Task A_peer_that_closed_first_is_not_waited_for()
    {
        TransportDouble transport = new(Stream.Eof()) { Lingers = true };
        PipeConnection connection = Start(transport);
        (await connection.Input.TakeAllAsync()).Should().BeEmpty();

        await connection.DisposeAsync().Guarded();

        await ShouldHaveClosedInOrderAsync(connection, transport, CloseReason.RemoteClose);
        Stream.Calls(StreamOperation.Read).Should().Be(1);
    }

    [Fact]
    public async Task A_peer_that_did_not_get_the_half_close_is_not_waited_for()
    {
        TransportDouble transport = new(Stream) { Lingers = true, OnHalfClose = static () => throw new IOException("the peer is gone") };
        PipeConnection connection = Start(transport);

        await connection.DisposeAsync().Guarded();

        await ShouldHaveClosedInOrderAsync(connection, transport);
    }

    [Fact]
    public async Task An_abort_does_not_wait_for_the_peer()
    {
        TransportDouble transport = new(Stream) { Lingers = true };
        PipeConnection connection = Start(transport);
        await Stream.GetCalledTask(StreamOperation.Read).Guarded();

        connection.Abort();

        await Thrown.ByAsync(() => connection.Completion.Guarded());
        connection.CloseReason.Should().Be(CloseReason.Aborted);
        transport.HalfClosed.IsCompleted.Should().BeFalse();
        transport.Resets.Should().BePositive();
        transport.IsReleased.Should().BeTrue();
        Clock.ArmedTimers.Should().Be(0);
    }

    /// <summary>Disposes the connection with a read pending, up to where only the peer's own close is missing.</summary>
    private async Task<Task> BeginToLingerAsync(PipeConnection connection, TransportDouble transport)
    {
        await Stream.GetCalledTask(StreamOperation.Read).Guarded();
        Task disposing = connection.DisposeAsync().AsTask();
        await transport.HalfClosed.Guarded();
        await Clock.WaitForTimerWithinAsync(Interval).Guarded();
        return disposing;
    }

    /// <summary>The same after the reader was completed, which stopped the pump's read.</summary>
    private async Task<Task> BeginToLingerAfterTheReaderAsync(PipeConnection connection, TransportDouble transport)
    {
        await Stream.GetCalledTask(StreamOperation.Read).Guarded();
        await connection.Input.CompleteAsync().Guarded();
        Task disposing = connection.DisposeAsync().AsTask();
        await transport.HalfClosed.Guarded();
        await Stream.GetCalledTask(StreamOperation.Read, times: 2).Guarded();
        return disposing;
    }

    private async Task SendLateAsync(int times, int readsBefore = 1)
    {
        for (int i = 1; i <= times; i++)
        {
            _ = Stream.Read("late");
            await Stream.GetCalledTask(StreamOperation.Read, readsBefore + i).Guarded();
        }
    }
}
#endif
