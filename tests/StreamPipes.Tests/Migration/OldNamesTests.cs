using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using CSharp7;
using Old = Pipelines.Sockets.Unofficial;

namespace StreamPipes.Tests.Migration;

/// <summary>Code written for the old library compiles as it stands, with the compiler it was written for, and runs.</summary>
public sealed class OldNamesTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_of_every_old_name_talks_over_a_socket_and_says_what_it_has_done(bool byHand)
    {
        using Socket listener = Listen();
        Task<Socket> accepting = listener.AcceptAsync();
        using OldNames client = new();
        await client.ConnectAsync(listener.LocalEndPoint!, byHand).Guarded();
        await using PipeConnection server = SocketConnection.Create(await accepting.Guarded());

        Task<string> asking = client.AskAsync("question");
        (await server.Input.ReadTextAsync(8)).Should().Be("question");
        await server.Output.WriteTextAsync("answer");

        (await asking.Guarded()).Should().Be("answer");
        client.Describe().Should().Be("None, Success, 6 read, 8 sent, 0, 0, 0, last 0");
        client.DescribeThreads().Should().StartWith("old: ").And.EndWith("False");
        client.Quit().Should().BeTrue();
        client.Quit().Should().BeFalse("it is known already");
        client.Describe().Should().StartWith("ProtocolExitClient, ");
    }

    [Fact]
    public async Task A_client_of_the_old_names_talks_over_a_stream_through_a_layer_and_counts()
    {
        await using StreamPair pair = StreamPairs.InMemory();
        using OldNames client = new();
        client.Over(pair.Client);

        Task<string> asking = client.AskAsync("question");
        await pair.Server.ReadExactlyAsync(new byte[8]).Guarded();
        await pair.Server.WriteAsync("answer"u8.ToArray()).Guarded();

        (await asking.Guarded()).Should().Be("answer");
        client.Describe().Should().Be("6 read, 8 sent");
        await client.Layer().DisposeAsync().Guarded();
        pair.Client.CanWrite.Should().BeTrue();
    }

    [Fact]
    public async Task What_ended_a_connection_is_told_in_the_old_words()
    {
        (await EndAsync((connection, peer) => peer.Dispose())).Should().Be((Old.PipeShutdownKind.ReadEndOfStream, SocketError.Success));
        (await EndAsync((connection, peer) => peer.Close(timeout: 0))).Should().Be((Old.PipeShutdownKind.ReadSocketError, SocketError.ConnectionReset));
        (await EndAsync((connection, peer) => connection.Connection.Abort())).Should().Be((Old.PipeShutdownKind.PipeDisposed, SocketError.Success));
        (await EndAsync((connection, peer) =>
        {
            connection.Dispose();
            connection.ShutdownKind.Should().Be(Old.PipeShutdownKind.PipeDisposed);
        })).Should().Be((Old.PipeShutdownKind.PipeDisposed, SocketError.Success));
        (await EndAsync((connection, peer) =>
        {
            connection.Input.Complete();
            connection.Output.Complete();
        })).Should().Be((Old.PipeShutdownKind.OutputWriterCompleted, SocketError.Success));
    }

    [Fact]
    public async Task Only_a_kind_of_the_protocols_own_can_be_set_and_only_before_the_end()
    {
        (Socket near, Socket far) = await SocketPair.TcpAsync();
        far.Dispose();
        Old.SocketConnection connection = Old.SocketConnection.Create(near);

        connection.TrySetProtocolShutdown(Old.PipeShutdownKind.ReadEndOfStream).Should().BeFalse();
        await connection.DisposeAsync().Guarded();

        connection.TrySetProtocolShutdown(Old.PipeShutdownKind.ProtocolExitServer).Should().BeFalse();
        connection.GetCounters().BytesAvailableOnSocket.Should().Be(0, "the socket is gone");
    }

    [Fact]
    public async Task What_waits_in_a_pipe_is_counted()
    {
        Pipe pipe = new();
        await pipe.Writer.WriteAsync(new byte[42]).Guarded();
        Old.SocketConnection.Counters.GetPipeLength(pipe).Should().Be(42);
        Old.SocketConnection.Counters.GetPipeLength(null!).Should().Be(0);
    }

    [Fact]
    public async Task The_old_scheduler_runs_on_threads_of_its_own_and_knows_them()
    {
        using Old.DedicatedThreadPoolPipeScheduler scheduler = new(workerCount: 1);
        using Old.DedicatedThreadPoolPipeScheduler other = new(workerCount: 1);
        TaskCompletionSource<(bool Any, bool This, bool Other, bool IsPooled)> seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

        scheduler.Schedule(_ => throw new InvalidOperationException("the thread goes on"), null);
        scheduler.Schedule(
            _ => seen.SetResult((
                Old.DedicatedThreadPoolPipeScheduler.IsWorker(), Old.DedicatedThreadPoolPipeScheduler.IsWorker(scheduler), Old.DedicatedThreadPoolPipeScheduler.IsWorker(other),
                Thread.CurrentThread.IsThreadPoolThread)),
            null);

        (await seen.Task.Guarded()).Should().Be((true, true, false, false));
        Old.DedicatedThreadPoolPipeScheduler.IsWorker().Should().BeFalse();
        scheduler.TotalServicedByQueue.Should().Be(2);
        scheduler.TotalServicedByPool.Should().Be(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_old_scheduler_gives_the_thread_pool_what_is_too_much_for_it_or_comes_too_late(bool tooLate)
    {
        using Old.DedicatedThreadPoolPipeScheduler scheduler = new(workerCount: 0, useThreadPoolQueueLength: tooLate ? 10 : 0);
        if (tooLate) scheduler.Dispose();
        TaskCompletionSource<bool> seen = new(TaskCreationOptions.RunContinuationsAsynchronously);

        scheduler.Schedule(_ => seen.SetResult(Thread.CurrentThread.IsThreadPoolThread), null);

        (await seen.Task.Guarded()).Should().BeTrue();
        scheduler.TotalServicedByPool.Should().Be(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_socket_operation_can_be_awaited_by_the_old_event_arguments(bool hasScheduler)
    {
        (Socket near, Socket far) = await SocketPair.TcpAsync();
        using Socket sender = far;
        using Old.SocketAwaitableEventArgs args = new(hasScheduler ? PipeScheduler.ThreadPool : null);
        args.SetBuffer(new byte[10], 0, 10);
        for (int count = 1; count <= 5; count++)
        {
            Task<int> receiving = ReceiveAsync(near, args);
            await sender.SendAsync(new byte[count]).Guarded();
            (await receiving.Guarded()).Should().Be(count);
        }

        Task<int> last = ReceiveAsync(near, args);
        args.Abort();
        (await Assert.ThrowsAsync<SocketException>(() => last.Guarded())).SocketErrorCode.Should().Be(SocketError.OperationAborted);
        near.Dispose();

        static async Task<int> ReceiveAsync(Socket socket, Old.SocketAwaitableEventArgs args)
        {
            if (!socket.ReceiveAsync(args)) args.Complete();
            return await args;
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_old_pipe_options_keep_their_synchronization_context_and_nothing_else_of_their_scheduling(bool isWanted)
    {
        PipeConnectionOptions options = Old.OldOptions.Of(new PipeOptions(useSynchronizationContext: isWanted), new PipeOptions(useSynchronizationContext: false));
        options.UseSynchronizationContext.Should().Be(isWanted);
        options.Scheduling.Should().Be(PumpScheduling.Default);
    }

    private static async Task<(Old.PipeShutdownKind Kind, SocketError Error)> EndAsync(Action<Old.SocketConnection, Socket> end)
    {
        (Socket near, Socket far) = await SocketPair.TcpAsync();
        using Socket peer = far;
        Old.SocketConnection connection = Old.SocketConnection.Create(near);
        Task<Exception?> reading = Thrown.ByAsync(() => connection.Input.ReadAsync().Guarded());
        (connection.ShutdownKind, connection.SocketError).Should().Be((Old.PipeShutdownKind.None, SocketError.Success));
        end(connection, peer);
        await reading;
        peer.Dispose();
        await connection.Connection.DisposeAsync().Guarded();
        return (connection.ShutdownKind, connection.SocketError);
    }

    private static Socket Listen()
    {
        Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        return listener;
    }
}
