using System.IO.Pipelines;

namespace StreamPipes.Tests.Lifetime;

/// <summary>Where code runs: no user code under a lock, no context kept, and a reader that blocks its thread stops nobody but itself.</summary>
public sealed class ContextTests
{
    private static readonly AsyncLocal<string?> Ambient = new();

    [Fact]
    public async Task The_creators_async_locals_do_not_flow_into_the_pumps()
    {
        AmbientRecorder stream = new(new ScriptedStream().Read("bytes"));
        Ambient.Value = "the creator's";
        PipeConnection connection = StreamConnection.Create(stream);

        await connection.Input.ReadTextAsync(5);
        Ambient.Value = "the writer's";
        await connection.Output.WriteTextAsync("bytes");
        ValueTask<ReadResult> read = connection.Input.ReadAsync();
        await connection.DisposeAsync().Guarded();

        await Thrown.ByAsync(() => read.Guarded());
        stream.Seen.Should().NotBeEmpty().And.OnlyContain(value => value == null);
        Ambient.Value.Should().Be("the writer's");
    }

    [Theory]
    [InlineData(PumpScheduling.Default)]
    [InlineData(PumpScheduling.ThreadPool)]
    public async Task A_continuation_that_blocks_its_thread_until_more_arrives_does_not_hang(PumpScheduling scheduling)
    {
        Gate more = new();
        await using PipeConnection connection = StreamConnection.Create(
            new ScriptedStream().Read("a").Wait(more).Read("b"), new PipeConnectionOptions { Scheduling = scheduling });

        (await connection.Input.ReadTextAsync(1)).Should().Be("a");
        more.Release();

        Blocking.Wait(connection.Input.ReadTextAsync(1)).Should().Be("b");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_continuation_that_blocks_its_thread_for_a_round_trip_does_not_hang(bool tls)
    {
        await using StreamPair pair = tls ? await StreamPairs.TlsAsync() : await StreamPairs.TcpAsync();
        PipeConnection client = StreamConnection.Create(pair.Client);
        PipeConnection server = StreamConnection.Create(pair.Server);
        Task echoing = EchoAsync(server);
        await client.Output.WriteTextAsync("first");
        (await client.Input.ReadTextAsync(5)).Should().Be("first");

        for (int i = 0; i < 20; i++)
        {
            await client.Output.WriteTextAsync("again");
            (await client.Input.ReadTextAsync(5)).Should().Be("again");
            Blocking.Wait(client.Output.WriteTextAsync("block"));
            Blocking.Wait(client.Input.ReadTextAsync(5)).Should().Be("block");
        }

        client.Abort();
        await Thrown.ByAsync(() => echoing.Guarded());
        server.Abort();
    }

    [Fact]
    public async Task The_continuation_of_a_read_holds_no_lock()
    {
        ScriptedStream stream = new();
        PipeConnection connection = StreamConnection.Create(stream);
        Task<bool> reading = ReadThenUseElsewhereAsync(connection);

        _ = stream.Read("bytes");

        (await reading.Guarded()).Should().BeTrue("another thread could use the connection meanwhile");
        await connection.DisposeAsync().Guarded();
    }

    [Fact]
    public async Task The_continuation_of_a_read_that_is_cancelled_or_aborted_holds_no_lock()
    {
        foreach (Action<PipeConnection> wake in new Action<PipeConnection>[]
        {
            connection => connection.Input.CancelPendingRead(),
            connection => connection.Abort(),
            connection => connection.Input.Complete(),
        })
        {
            PipeConnection connection = StreamConnection.Create(new ScriptedStream());
            Task<bool> reading = ReadThenUseElsewhereAsync(connection);

            wake(connection);

            (await reading.Guarded()).Should().BeTrue();
            await connection.DisposeAsync().Guarded();
        }
    }

    [Fact]
    public async Task The_continuation_of_a_flush_and_of_Completion_holds_no_lock()
    {
        foreach (bool flushThrough in new[] { false, true })
        {
            ScriptedStream stream = new ScriptedStream().Hold(StreamOperation.Write);
            PipeConnection connection = StreamConnection.Create(stream, new PipeConnectionOptions { SendPipeOptions = SmallPipe.Options, FlushThrough = flushThrough });
            Task<bool> flushing = Task.Run(async () =>
            {
                await connection.Output.WriteAsync(SmallPipe.MoreThanFits);
                return CanBeUsedElsewhere(connection);
            });
            Task<bool> completing = Task.Run(async () =>
            {
                await connection.Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return CanBeUsedElsewhere(connection);
            });
            await stream.GetCalledTask(StreamOperation.Write).Guarded();

            stream.Release(StreamOperation.Write);

            (await flushing.Guarded()).Should().BeTrue();
            await connection.DisposeAsync().Guarded();
            (await completing.Guarded()).Should().BeTrue();
        }
    }

    private static async Task<bool> ReadThenUseElsewhereAsync(PipeConnection connection)
    {
        await Thrown.ByAsync(async () => await connection.Input.ReadAsync());
        return CanBeUsedElsewhere(connection);
    }

    /// <summary>Blocks the continuation on purpose: a lock held by its thread would stop the other one.</summary>
    private static bool CanBeUsedElsewhere(PipeConnection connection)
    {
        Task elsewhere = Task.Run(() =>
        {
            connection.Input.CancelPendingRead();
            connection.Output.CancelPendingFlush();
            _ = connection.CloseReason;
            _ = connection.BytesReceived;
            connection.Abort();
        });
        return ((IAsyncResult)elsewhere).AsyncWaitHandle.WaitOne(HangGuard.Limit);
    }

    private static async Task EchoAsync(PipeConnection server)
    {
        while (true)
        {
            ReadResult result = await server.Input.ReadAsync();
            foreach (ReadOnlyMemory<byte> memory in result.Buffer) server.Output.Put(memory.Span);
            server.Input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) return;
            await server.Output.FlushAsync();
        }
    }

    /// <summary>Notes which ambient value its methods are called with.</summary>
    private sealed class AmbientRecorder(Stream inner) : WrappingStream(inner)
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string?> _seen = new();

        public IReadOnlyCollection<string?> Seen => _seen;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _seen.Enqueue(Ambient.Value);
            return base.ReadAsync(buffer, cancellationToken);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _seen.Enqueue(Ambient.Value);
            return base.WriteAsync(buffer, cancellationToken);
        }

        public override Task FlushAsync(CancellationToken cancellationToken)
        {
            _seen.Enqueue(Ambient.Value);
            return base.FlushAsync(cancellationToken);
        }

        public override ValueTask DisposeAsync()
        {
            _seen.Enqueue(Ambient.Value);
            return base.DisposeAsync();
        }
    }
}
