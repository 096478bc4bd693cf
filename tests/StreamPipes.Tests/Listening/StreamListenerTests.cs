using System.Threading.Channels;

namespace StreamPipes.Tests.Listening;

/// <summary>Clients that are streams: whatever a function returns.</summary>
public sealed class StreamListenerTests
{
    private readonly Channel<Stream> _coming = Channel.CreateUnbounded<Stream>();
    private readonly FaultLog _faults = new();

    [Fact]
    public async Task A_stream_that_the_function_returns_is_a_client_like_any_other()
    {
        await using PipeListener listener = Listen();
        Task serving = listener.ServeAsync(Clients.EchoAsync);
        await using PipeConnection client = Connect();

        await Clients.ShouldEchoAsync(client);

        listener.ConnectionsOpen.Should().Be(1);
        listener.LocalEndPoint.ToString().Should().Be("streams");
        await client.DisposeAsync().Guarded();
        await listener.DisposeAsync().Guarded();
        await serving.Guarded();
        client.CloseReason.Should().BeOneOf(CloseReason.LocalClose, CloseReason.RemoteClose);
        _faults.All.Should().BeEmpty();
    }

    [Fact]
    public async Task The_function_is_called_when_a_caller_waits_for_a_client_and_once_at_a_time()
    {
        int calls = 0;
        await using PipeListener listener = StreamConnection.Listen(token =>
        {
            calls++;
            return _coming.Reader.ReadAsync(token);
        });
        calls.Should().Be(0);

        Task<PipeConnection> first = listener.AcceptAsync().AsTask();
        Task<PipeConnection> second = listener.AcceptAsync().AsTask();
        PipeConnection one = Connect();
        PipeConnection accepted = await first.Guarded();
        PipeConnection two = Connect();
        PipeConnection other = await second.Guarded();

        calls.Should().Be(2);
        foreach (PipeConnection connection in new[] { one, two, accepted, other }) connection.Abort();
    }

#if !LIBRARY_NETSTANDARD
    [Fact]
    public async Task A_function_that_throws_is_reported_once_in_a_series_and_called_again_after_a_pause()
    {
        ManualTimeProvider clock = new();
        int calls = 0;
        PipeListenerOptions options = Options();
        options.Connection = new PipeConnectionOptions { TimeProvider = clock };
        await using PipeListener listener = StreamConnection.Listen(token => ++calls <= 3 ? throw new IOException("no more instances") : _coming.Reader.ReadAsync(token), options);
        Task<PipeConnection> accepting = listener.AcceptAsync().AsTask();
        foreach (int pause in new[] { 10, 20, 40 })
        {
            await clock.WaitForTimersAsync(1).Guarded();
            clock.Advance(TimeSpan.FromMilliseconds(pause));
        }

        PipeConnection client = Connect();
        (await accepting.Guarded()).Abort();

        calls.Should().Be(4);
        _faults.All.Should().ContainSingle().Which.Error.Message.Should().Be("no more instances");
        client.Abort();
    }
#endif

    [Fact]
    public async Task A_stream_that_is_not_duplex_or_none_at_all_is_reported_and_the_next_is_served()
    {
        MemoryStream seekable = new();
        Queue<Stream?> bad = new([seekable, null]);
        await using PipeListener listener = StreamConnection.Listen(token => bad.TryDequeue(out Stream? stream) ? new ValueTask<Stream>(stream!) : _coming.Reader.ReadAsync(token), Options());
        Task<PipeConnection> accepting = listener.AcceptAsync().AsTask();
        PipeConnection client = Connect();

        (await accepting.Guarded()).Abort();

        _faults.All.Should().ContainSingle("one is told of a series").Which.Error.Should().BeOfType<ArgumentException>();
        seekable.CanRead.Should().BeFalse("it is disposed");
        client.Abort();
    }

    [Fact]
    public async Task The_functions_token_fires_at_the_stop()
    {
        Gate waiting = new();
        TaskCompletionSource<bool> fired = new(TaskCreationOptions.RunContinuationsAsynchronously);
        PipeListener listener = StreamConnection.Listen(
            async token =>
            {
                token.Register(() => fired.SetResult(true));
                waiting.Release();
                return await _coming.Reader.ReadAsync(token);
            },
            Options());
        Task<PipeConnection> accepting = listener.AcceptAsync().AsTask();
        await waiting.WaitAsync().Guarded();

        await listener.DisposeAsync().Guarded();

        (await fired.Task.Guarded()).Should().BeTrue();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => accepting.Guarded());
        _faults.All.Should().BeEmpty();
    }

    [Fact]
    public async Task A_function_that_does_not_heed_its_token_does_not_hold_up_the_stop_and_its_stream_is_disposed_when_it_comes()
    {
        TaskCompletionSource<Stream> late = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Gate waiting = new();
        PipeListener listener = StreamConnection.Listen(
            token =>
            {
                waiting.Release();
                return new ValueTask<Stream>(late.Task);
            },
            Options());
        Task<PipeConnection> accepting = listener.AcceptAsync().AsTask();
        await waiting.WaitAsync().Guarded();

        await listener.DisposeAsync().Guarded();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => accepting.Guarded());
        StreamPair pair = StreamPairs.Unknown();
        late.SetResult(pair.Server);

        (await pair.Client.ReadAsync(new byte[1], 0, 1).Guarded()).Should().Be(0);
        pair.Client.Dispose();
    }

    [Fact]
    public async Task As_many_connections_as_the_limit_leave_the_next_where_it_comes_from()
    {
        PipeListenerOptions options = Options();
        options.MaximumConnections = 1;
        await using PipeListener listener = Listen(options);
        Task serving = listener.ServeAsync(Clients.EchoAsync);
        PipeConnection first = Connect();
        await Clients.ShouldEchoAsync(first);
        PipeConnection second = Connect();
        Task echoing = Clients.ShouldEchoAsync(second);

        _coming.Reader.Count.Should().Be(1);
        await first.DisposeAsync().Guarded();
        await echoing.Guarded();

        await second.DisposeAsync().Guarded();
        await listener.DisposeAsync().Guarded();
        await serving.Guarded();
    }

    [Fact]
    public void A_listener_over_streams_has_no_PROXY_headers_and_owns_its_streams()
    {
        Action proxy = () => StreamConnection.Listen(_coming.Reader.ReadAsync, new PipeListenerOptions { ProxyProtocol = true });
        Action leaveOpen = () => StreamConnection.Listen(_coming.Reader.ReadAsync, new PipeListenerOptions { Connection = new PipeConnectionOptions { LeaveOpen = true } });
        Action nothing = () => StreamConnection.Listen(null!);

        proxy.Should().Throw<ArgumentException>().WithMessage("*ProxyHeader.TryRead*");
        leaveOpen.Should().Throw<ArgumentException>().WithMessage("*LeaveOpen*");
        nothing.Should().Throw<ArgumentNullException>();
    }

#if !LIBRARY_NETSTANDARD
    [Fact]
    public async Task TLS_runs_over_streams_too_and_a_handshake_that_fails_is_reported()
    {
        PipeListenerOptions options = Options();
        options.Tls = TestCertificates.ServerOptions();
        await using PipeListener listener = Listen(options);
        Task serving = listener.ServeAsync(Clients.EchoAsync);
        StreamPair bad = Arrive();
        await bad.Client.WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray()).AsTask().Guarded();
        await _faults.NextAsync();

        await using PipeConnection client = await TlsConnection.AuthenticateAsClientAsync(Arrive().Client, TestCertificates.ClientOptions()).Guarded();
        await Clients.ShouldEchoAsync(client);

        await client.DisposeAsync().Guarded();
        await listener.DisposeAsync().Guarded();
        await serving.Guarded();
        bad.Client.Dispose();
    }
#endif

    private PipeListenerOptions Options() => new() { OnConnectionFault = _faults.Add };

    private PipeListener Listen(PipeListenerOptions? options = null) => StreamConnection.Listen(_coming.Reader.ReadAsync, options ?? Options());

    private PipeConnection Connect() => StreamConnection.Create(Arrive().Client);

    private StreamPair Arrive()
    {
        StreamPair pair = StreamPairs.Unknown();
        _coming.Writer.TryWrite(pair.Server).Should().BeTrue();
        return pair;
    }
}
