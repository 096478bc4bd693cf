using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using StreamPipes.Transports;

namespace StreamPipes.Tests.Threads;

/// <summary>Pumps on threads of their own: they need no pool, they can be stopped, and they end.</summary>
[Collection(nameof(RunsAlone))]
public sealed class DedicatedThreadsTests
{
    private static readonly PipeConnectionOptions Dedicated = new() { Scheduling = PumpScheduling.DedicatedThreads };

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Bytes_get_through_while_the_thread_pool_is_starved(bool tls, bool socket)
    {
        (PipeConnection connection, Stream peer) = await ConnectAsync(tls, socket);
        connection.Output.Put("warm"u8);
        await connection.Output.FlushAsync().Guarded();
        await peer.ReadExactlyAsync(new byte[4]).AsTask().Guarded();

        // On a thread of the test's own, since nothing on the pool goes on.
        TaskCompletionSource<Exception?> over = new(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => over.SetResult(Record.Exception(() => TalkWhileStarved(connection, peer)))).Start();

        (await over.Task.Guarded()).Should().BeNull();
        await peer.DisposeAsync();
        await connection.DisposeAsync().Guarded();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Half_close_does_not_wait_for_a_read_that_blocks(bool tls)
    {
        (PipeConnection connection, Stream peer) = await ConnectAsync(tls, socket: false, new PipeConnectionOptions { Scheduling = PumpScheduling.DedicatedThreads, CloseTimeout = Timeout.InfiniteTimeSpan });
        Task<ReadResult> read = connection.Input.ReadAsync().AsTask();

        await connection.Output.WriteTextAsync("last");
        await connection.Output.CompleteAsync().Guarded();

        byte[] got = new byte[4];
        await peer.ReadExactlyAsync(got).AsTask().Guarded();
        (await peer.ReadAsync(got).Guarded()).Should().Be(0);
        await peer.WriteAsync("answer"u8.ToArray()).Guarded();
        connection.Input.AdvanceTo((await read.Guarded()).Buffer.Start);
        (await connection.Input.ReadTextAsync(6)).Should().Be("answer");
        await peer.DisposeAsync();
        await connection.Input.ShouldEndAsync();
        await connection.Completion.Guarded();
        connection.CloseReason.Should().Be(CloseReason.RemoteClose);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task Half_close_does_not_wait_for_the_rest_of_a_record(SslProtocols protocol)
    {
        await using StreamPair tcp = await StreamPairs.TcpAsync();
        TornWriteStream torn = new(tcp.Server, firstBytes: 10);
        StreamPair tls = await StreamPairs.TlsOverAsync(tcp.Client, torn, protocol);
        PipeConnection connection = StreamConnection.Create(tls.Client, new PipeConnectionOptions { Scheduling = PumpScheduling.DedicatedThreads, CloseTimeout = Timeout.InfiniteTimeSpan });
        await connection.Output.WriteTextAsync("ask");
        await tls.Server.ReadExactlyAsync(new byte[3]).AsTask().Guarded();
        Task<string> answer = connection.Input.ReadTextAsync(6);

        torn.IsTorn = true;
        Task answering = tls.Server.WriteAsync("answer"u8.ToArray()).AsTask();
        await torn.HasBegun.Guarded();
        SpinWait.SpinUntil(() => SocketUnder(tls.Client).Available == 0, HangGuard.Limit).Should().BeTrue("the receiving thread takes what there is of the record");
        await connection.Output.CompleteAsync().Guarded();
        (await tls.Server.ReadAsync(new byte[1]).AsTask().Guarded()).Should().Be(0);

        torn.Release();
        await answering.Guarded();
        (await answer.Guarded()).Should().Be("answer");
        connection.Abort();
        await connection.DisposeAsync().Guarded();
    }

    [Theory]
    [InlineData(SslProtocols.Tls12)]
    [InlineData(SslProtocols.Tls13)]
    public async Task An_end_that_comes_together_with_the_last_bytes_is_seen(SslProtocols protocol)
    {
        await using StreamPair tcp = await StreamPairs.TcpAsync();
        GatheringWriteStream gathering = new(tcp.Server);
        StreamPair tls = await StreamPairs.TlsOverAsync(tcp.Client, gathering, protocol);
        PipeConnection connection = StreamConnection.Create(tls.Client, Dedicated);
        await connection.Output.WriteTextAsync("ask");
        await tls.Server.ReadExactlyAsync(new byte[3]).AsTask().Guarded();

        // The last record and close_notify in one segment: whoever reads takes both from the socket.
        gathering.Gathers = true;
        await tls.Server.WriteAsync("answer"u8.ToArray()).AsTask().Guarded();
        await ((SslStream)tls.Server).ShutdownAsync().Guarded();
        await gathering.SendAsync().Guarded();

        (await connection.Input.ReadTextAsync(6)).Should().Be("answer");
        await connection.Input.ShouldEndAsync();
        connection.Abort();
        await connection.DisposeAsync().Guarded();
    }

    [Fact]
    public async Task Completing_the_input_leaves_later_bytes_in_the_socket()
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        PipeConnection connection = SocketConnection.Create(client, new PipeConnectionOptions { Scheduling = PumpScheduling.DedicatedThreads, LeaveOpen = true });
        await server.SendAsync("read"u8.ToArray());
        (await connection.Input.ReadTextAsync(4)).Should().Be("read");

        await connection.Input.CompleteAsync();
        await connection.Output.CompleteAsync().Guarded();
        await connection.Completion.Guarded();

        await server.SendAsync("later"u8.ToArray());
        byte[] rest = new byte[10];
        (await client.ReceiveAsync(rest).Guarded()).Should().Be(5);
        client.Dispose();
        server.Dispose();
    }

    [Fact]
    public async Task A_detached_stream_goes_on_where_the_threads_stopped()
    {
        (PipeConnection connection, Stream peer) = await ConnectAsync(tls: false, socket: true);
        await peer.WriteAsync("first"u8.ToArray());
        (await connection.Input.ReadTextAsync(5)).Should().Be("first");

        DetachedStream detached = await connection.DetachAsync().Guarded();

        await peer.WriteAsync("then"u8.ToArray());
        byte[] got = new byte[4];
        await detached.Stream.ReadExactlyAsync(got).AsTask().Guarded();
        got.Should().Equal("then"u8.ToArray());
        await detached.Stream.DisposeAsync();
        await peer.DisposeAsync();
    }

    [Theory]
    [InlineData("abort")]
    [InlineData("dispose")]
    [InlineData("end")]
    public async Task The_threads_end_with_the_connection(string ending)
    {
        int before = await SettledThreadsAsync(0);
        for (int i = 0; i < 5; i++)
        {
            (PipeConnection connection, Stream peer) = await ConnectAsync(tls: false, socket: i % 2 == 0);
            await connection.Output.WriteTextAsync("x");
            await peer.ReadExactlyAsync(new byte[1]).AsTask().Guarded();
            if (string.Equals(ending, "abort", StringComparison.Ordinal)) connection.Abort();
            if (string.Equals(ending, "end", StringComparison.Ordinal)) await peer.DisposeAsync();
            await connection.DisposeAsync().Guarded();
            await peer.DisposeAsync();
        }

        (await SettledThreadsAsync(before)).Should().BeLessThanOrEqualTo(before);
    }

    [Fact]
    public async Task A_blocking_read_of_an_unknown_stream_ends_with_its_dispose()
    {
        StreamPair pair = StreamPairs.Unknown();
        PipeConnection connection = StreamConnection.Create(pair.Client, Dedicated);
        Task<ReadResult> read = connection.Input.ReadAsync().AsTask();

        connection.Abort();

        await Assert.ThrowsAsync<IOException>(() => read.Guarded());
        await Thrown.ByAsync(() => connection.Completion.Guarded());
        connection.CloseReason.Should().Be(CloseReason.Aborted);
        await pair.Server.DisposeAsync();
    }

    private static async Task<(PipeConnection Connection, Stream Peer)> ConnectAsync(bool tls, bool socket, PipeConnectionOptions? options = null)
    {
        options ??= Dedicated;
        if (socket)
        {
            (Socket client, Socket server) = await SocketPair.TcpAsync();
            return (SocketConnection.Create(client, options), new NetworkStream(server, ownsSocket: true));
        }

        StreamPair pair = tls ? await StreamPairs.TlsAsync() : await StreamPairs.TcpAsync();
        return (StreamConnection.Create(pair.Client, options), pair.Server);
    }

    private static Socket SocketUnder(Stream stream) => StreamTraits.Of(stream).Socket!;

    private static void TalkWhileStarved(PipeConnection connection, Stream peer)
    {
        using ManualResetEventSlim answered = new();
        string? answer = null;
        using StarvedPool pool = new();
        _ = ReadThenTellAsync(connection.Input, text => { answer = text; answered.Set(); });
        connection.Output.Put("ping"u8);
        Task flush = connection.Output.FlushAsync().AsTask();

        // The framework's blocking receive may itself wait for the pool, if it does not find the bytes at once.
        SocketUnder(peer).Poll(HangGuard.Limit, SelectMode.SelectRead).Should().BeTrue();
        byte[] ping = new byte[4];
        peer.ReadExactly(ping);
        peer.Write("pong"u8);

        answered.Wait(HangGuard.Limit).Should().BeTrue();
        answer.Should().Be("pong");
        flush.IsCompletedSuccessfully.Should().BeTrue();
        pool.IsStarved.Should().BeTrue("nothing on the pool has run meanwhile");
    }

    private static async Task ReadThenTellAsync(PipeReader reader, Action<string> tell)
    {
        ReadResult result = await reader.ReadAtLeastAsync(4);
        tell(System.Text.Encoding.UTF8.GetString(result.Buffer.ToArray()));
        reader.AdvanceTo(result.Buffer.End);
    }

    /// <summary>The threads of the pumps end a moment after the connection; the guard ends the wait if they do not.</summary>
    private static async Task<int> SettledThreadsAsync(int enough)
    {
        Stopwatch elapsed = Stopwatch.StartNew();
        int count = PumpThreads();
        while (count > enough && elapsed.Elapsed < HangGuard.Limit)
        {
            await Task.Yield();
            count = PumpThreads();
        }

        return count;
    }

    private static int PumpThreads() => Directory.GetDirectories("/proc/self/task").Count(IsPump);

    private static bool IsPump(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm")).StartsWith("StreamPipes", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // The thread has ended between the two looks.
            return false;
        }
    }
}
