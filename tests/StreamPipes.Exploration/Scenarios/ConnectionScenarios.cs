using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using StreamPipes.Exploration.Exploring;

namespace StreamPipes.Exploration.Scenarios;

/// <summary>A whole connection over a scripted transport. No time limit may have to help it.</summary>
internal abstract class ConnectionScenario : Scenario
{
    protected ConnectionScenario(bool isKnown, Func<PipeConnectionOptions, PipeConnectionOptions>? change = null)
    {
        Transport = new ScriptedTransport(isKnown);
        PipeConnectionOptions options = new() { TimeProvider = new SimulatedTime() };
        Connection = PipeConnection.Over(Transport, change?.Invoke(options) ?? options);
    }

    protected ScriptedTransport Transport { get; }

    protected PipeConnection Connection { get; }

    public override void Check() => Assert(LongestWait < TimeSpan.FromSeconds(1), $"it went on only by a limit of {LongestWait.TotalSeconds} s");

    /// <summary>The pump waits for the reader after each byte.</summary>
    protected static PipeConnectionOptions WithoutRoom() => new()
    {
        TimeProvider = new SimulatedTime(),
        MinimumReadSize = 1,
        Scheduling = PumpScheduling.ThreadPool,
        ReceivePipeOptions = new PipeOptions(new CheckedPool(8), pauseWriterThreshold: 1, resumeWriterThreshold: 1, minimumSegmentSize: 8),
    };

    [SuppressMessage("Usage", "VSTHRD002:Avoid problematic synchronous waits", Justification = "That it blocks is the scenario.")]
    protected static void Block(Task task) => task.Wait();

    /// <summary>Reads until there are so many bytes, or the end.</summary>
    /// <returns>How many there were.</returns>
    protected async Task<long> ReadAsync(long wanted)
    {
        ReadResult result = await Connection.Input.ReadAtLeastAsync((int)wanted).ConfigureAwait(false);
        long count = result.Buffer.Length;
        byte expected = 1;
        foreach (ReadOnlyMemory<byte> memory in result.Buffer)
        {
            foreach (byte one in memory.ToArray()) Assert(one == expected++, "a byte is not the one that was sent");
        }

        Connection.Input.AdvanceTo(result.Buffer.End);
        return count;
    }
}

/// <summary>A message and the end, while the reader waits or before: both are told.</summary>
internal sealed class ConnectionReceives : ConnectionScenario
{
    public ConnectionReceives()
        : base(isKnown: false)
    {
    }

    public override void Run()
    {
        StartAsync(
            "reader",
            async () =>
            {
                Assert(await ReadAsync(1) == 1, "the message has not come");
                Assert(await ReadAsync(1) == 0, "more has come than was sent");
                await Connection.DisposeAsync();
            });
        Start(
            "peer",
            () =>
            {
                Transport.Deliver(1);
                Transport.End();
            });
    }
}

/// <summary>Messages and the end, read until the end is told: nothing comes after it.</summary>
internal sealed class ConnectionReceivesAll : ConnectionScenario
{
    public ConnectionReceivesAll()
        : base(isKnown: false)
    {
    }

    public override void Run()
    {
        StartAsync(
            "reader",
            async () =>
            {
                long received = 0;
                while (true)
                {
                    ReadResult result = await Connection.Input.ReadAsync().ConfigureAwait(false);
                    received += result.Buffer.Length;
                    Connection.Input.AdvanceTo(result.Buffer.End);
                    if (result.IsCompleted) break;
                }

                Assert(received == 2, $"the end has been told after {received} of 2 bytes");
            });
        StartAsync(
            "peer",
            async () =>
            {
                Transport.Deliver(1);

                // The reader may begin without an interruption.
                await Task.Yield();
                Transport.Deliver(2);
                Transport.End();
            });
    }
}

/// <summary>The reader is resumed by the pump and then blocks its thread until it has been told the end.</summary>
internal abstract class ConnectionReaderBlocks : ConnectionScenario
{
    private readonly Tally _blocking = new("about to block");

    protected ConnectionReaderBlocks(bool isKnown)
        : base(isKnown)
    {
    }

    public override void Run()
    {
        StartAsync(
            "reader",
            async () =>
            {
                Assert(await ReadAsync(1) == 1, "the message has not come");
                _blocking.Add(1);
                Block(ReadAsync(1));
            });
        Start(
            "peer",
            () =>
            {
                Transport.Deliver(1);
                _blocking.WaitFor(1);
                Transport.End();
            });
    }
}

internal sealed class ConnectionReaderBlocksKnown : ConnectionReaderBlocks
{
    public ConnectionReaderBlocksKnown()
        : base(isKnown: true)
    {
    }
}

internal sealed class ConnectionReaderBlocksUnknown : ConnectionReaderBlocks
{
    public ConnectionReaderBlocksUnknown()
        : base(isKnown: false)
    {
    }
}

/// <summary>What is written is sent, and a dispose sends it before the half-close, whatever the pumps are in.</summary>
internal sealed class ConnectionSends : ConnectionScenario
{
    public ConnectionSends()
        : base(isKnown: false)
    {
    }

    public override void Run() => StartAsync(
        "writer",
        async () =>
        {
            await Connection.Output.WriteAsync(new byte[] { 1 });

            // The pump may begin without an interruption.
            await Task.Yield();
            await Connection.Output.WriteAsync(new byte[] { 2 });
            await Connection.DisposeAsync();
        });

    public override void Check()
    {
        base.Check();
        Assert(Transport.Written is [1, 2, 0], $"{string.Join(' ', Transport.Written)} has been written");
    }
}

/// <summary>A flush that waits until it is through, and an abort at the same time: the flush ends, and so does the connection.</summary>
internal sealed class ConnectionAborts : ConnectionScenario
{
    public ConnectionAborts()
        : base(isKnown: false, static _ => new PipeConnectionOptions { TimeProvider = new SimulatedTime(), FlushThrough = true })
    {
    }

    public override void Run()
    {
        StartAsync(
            "writer",
            async () =>
            {
                try
                {
                    await Connection.Output.WriteAsync(new byte[] { 1 });
                }
                catch (IOException)
                {
                    // The abort was first.
                }
            });
        StartAsync(
            "aborter",
            async () =>
            {
                Connection.Abort();
                await Task.WhenAny(Connection.Completion);
            });
    }

    public override void Check()
    {
        base.Check();
        Assert(Connection.Completion.IsCompleted && Connection.CloseReason == CloseReason.Aborted, $"the connection has ended by {Connection.CloseReason}");
    }
}

/// <summary>The reader waits, and the connection is aborted.</summary>
internal sealed class ConnectionAbortsRead : ConnectionScenario
{
    public ConnectionAbortsRead()
        : base(isKnown: true)
    {
    }

    public override void Run()
    {
        StartAsync(
            "reader",
            async () =>
            {
                try
                {
                    await ReadAsync(1);
                    Assert(condition: false, "a read of an aborted connection has a result");
                }
                catch (IOException)
                {
                    // As it has to be.
                }
            });
        StartAsync(
            "aborter",
            async () =>
            {
                Connection.Abort();
                await Task.WhenAny(Connection.Completion);
            });
    }
}

/// <summary>Two reads at the same time: one of them is refused, and the bytes come once.</summary>
internal sealed class ConnectionReadTwice : ConnectionScenario
{
    private readonly Tally _received = new("received");
    private readonly Tally _refused = new("refused");

    public ConnectionReadTwice()
        : base(isKnown: false)
    {
    }

    public override void Run()
    {
        StartAsync("one", ReadOnceAsync);
        StartAsync("other", ReadOnceAsync);
        Start("peer", () => Transport.Deliver(1, 2));
    }

    public override void Check() => Assert(_received.Value == 2 && _refused.Value == 1, $"{_received.Value} bytes have been received, and {_refused.Value} reads refused");

    private async Task ReadOnceAsync()
    {
        try
        {
            ReadResult result = await Connection.Input.ReadAsync().ConfigureAwait(false);
            _received.Add((int)result.Buffer.Length);
        }
        catch (InvalidOperationException)
        {
            _refused.Add(1);
        }
    }
}

/// <summary>
/// A dialogue in which the reader blocks below the parked pump, until the connection has ended: what the peer does meanwhile, and an abort, is noticed.
/// </summary>
internal sealed class ConnectionDialogueBlocks : ConnectionScenario
{
    private readonly Tally _asked = new("asked");

    public ConnectionDialogueBlocks()
        : base(isKnown: true)
    {
    }

    public override void Run()
    {
        StartAsync(
            "reader",
            async () =>
            {
                for (int i = 0; i < 3; i++)
                {
                    await Connection.Output.WriteAsync(new byte[] { 9 }).ConfigureAwait(false);
                    _asked.Add(1);
                    try
                    {
                        Assert(await ReadAsync(1) == 1, "the answer has not come");
                    }
                    catch (IOException)
                    {
                        // The abort was first.
                    }
                }

                Block(Task.WhenAny(Connection.Completion));
            });
        Start(
            "peer",
            () =>
            {
                for (int i = 1; i <= 3; i++)
                {
                    _asked.WaitFor(i);
                    Transport.Deliver(1);
                }

                Connection.Abort();
            });
    }
}

/// <summary>A cancelled read and bytes at the same time: nothing is lost, and a cancellation ends one read.</summary>
internal sealed class ConnectionCancelsRead : ConnectionScenario
{
    public ConnectionCancelsRead()
        : base(isKnown: false)
    {
    }

    public override void Run()
    {
        StartAsync(
            "reader",
            async () =>
            {
                int canceled = 0;
                while (true)
                {
                    ReadResult result = await Connection.Input.ReadAsync().ConfigureAwait(false);
                    if (result.IsCanceled) canceled++;
                    if (result.Buffer.Length > 0) break;
                    Connection.Input.AdvanceTo(result.Buffer.Start);
                }

                Assert(canceled <= 1, "a cancellation has ended two reads");
            });
        Start("canceler", () => Connection.Input.CancelPendingRead());
        Start("peer", () => Transport.Deliver(1));
    }
}

/// <summary>A cancellation alone ends the read.</summary>
internal sealed class ConnectionCancelsReadAlone : ConnectionScenario
{
    public ConnectionCancelsReadAlone()
        : base(isKnown: false)
    {
    }

    public override void Run()
    {
        StartAsync(
            "reader",
            async () =>
            {
                ReadResult result = await Connection.Input.ReadAsync().ConfigureAwait(false);
                Assert(result.IsCanceled && result.Buffer.IsEmpty, "the read has a result");
            });
        Start("canceler", () => Connection.Input.CancelPendingRead());
    }
}

/// <summary>The receive pump waits for room, and the reader makes it.</summary>
internal sealed class ConnectionHeldUp : ConnectionScenario
{
    public ConnectionHeldUp()
        : base(isKnown: false, static _ => WithoutRoom())
    {
    }

    public override void Run()
    {
        StartAsync(
            "reader",
            async () =>
            {
                long received = 0;
                while (received < 3)
                {
                    ReadResult result = await Connection.Input.ReadAsync().ConfigureAwait(false);
                    received += result.Buffer.Length;
                    Connection.Input.AdvanceTo(result.Buffer.End);
                }
            });
        Start(
            "peer",
            () =>
            {
                Transport.Deliver(1);
                Transport.Deliver(2, 3);
            });
    }
}

/// <summary>The writer waits for the send pump to make room.</summary>
internal sealed class ConnectionBackPressure : ConnectionScenario
{
    public ConnectionBackPressure()
        : base(isKnown: false, static _ => new PipeConnectionOptions
        {
            TimeProvider = new SimulatedTime(),
            Scheduling = PumpScheduling.ThreadPool,
            SendPipeOptions = new PipeOptions(new CheckedPool(8), pauseWriterThreshold: 1, resumeWriterThreshold: 1, minimumSegmentSize: 8),
        })
    {
    }

    public override void Run() => StartAsync(
        "writer",
        async () =>
        {
            await Connection.Output.WriteAsync(new byte[] { 1 });
            await Connection.Output.WriteAsync(new byte[] { 2 });
            await Connection.Output.CompleteAsync();
        });

    public override void Check()
    {
        base.Check();
        Assert(Transport.Written is [1, 2, 0], $"{string.Join(' ', Transport.Written)} has been written");
    }
}

/// <summary>A writer that makes whole writes itself, while the pool and a reader who comes to wait may be at it, too: each byte is written once, in order.</summary>
internal sealed class ConnectionWholeWrites : ConnectionScenario
{
    public ConnectionWholeWrites()
        : base(isKnown: true, static _ => new PipeConnectionOptions
        {
            TimeProvider = new SimulatedTime(),
            SendPipeOptions = new PipeOptions(new CheckedPool(8), pauseWriterThreshold: 2, resumeWriterThreshold: 1, minimumSegmentSize: 8),
        })
    {
    }

    public override void Run()
    {
        Start("reader", () => Assert(!Connection.Input.ReadAsync().AsTask().IsCompleted, "something has come"));
        StartAsync(
            "writer",
            async () =>
            {
                await Connection.Output.WriteAsync(new byte[] { 1 });
                await Connection.Output.WriteAsync(new byte[] { 2, 3 });
            });
    }

    public override void Check()
    {
        base.Check();
        Assert(Transport.Written is [1, 2, 3], $"{string.Join(' ', Transport.Written)} has been written");
    }
}

/// <summary>
/// A writer that fills memory and flushes, and another thread that disposes the connection: what was flushed before the dispose is sent, the rest is
/// refused, and all memory goes back or is left alone.
/// </summary>
internal sealed class ConnectionCompletes : ConnectionScenario
{
    private static readonly byte[] Two = [2];

    private readonly Tally _accepted = new("accepted");

    public ConnectionCompletes()
        : base(isKnown: false)
    {
    }

    public override void Run()
    {
        StartAsync(
            "writer",
            async () =>
            {
                try
                {
                    Memory<byte> memory = Connection.Output.GetMemory(1);
                    memory.Span[0] = 1;
                    Connection.Output.Advance(1);
                    await Connection.Output.FlushAsync();
                    _accepted.Add(1);
                    await Connection.Output.WriteAsync(Two);
                    _accepted.Add(1);
                }
                catch (InvalidOperationException)
                {
                    // The dispose was first.
                }
            });
        StartAsync("disposer", async () => await Connection.DisposeAsync());
    }

    public override void Check()
    {
        base.Check();
        Assert(Transport.Written.Count >= 1 + _accepted.Value && Transport.Written[^1] == 0, $"{_accepted.Value} bytes have been accepted, and {string.Join(' ', Transport.Written)} has been written");
    }
}

/// <summary>The transport's reads block their thread: a message is delivered before the next read returns.</summary>
internal sealed class ConnectionBlockingReads : ConnectionScenario
{
    private readonly Tally _received = new("received");

    public ConnectionBlockingReads()
        : base(isKnown: false) => Transport.BlockReads();

    public override void Run()
    {
        StartAsync(
            "reader",
            async () =>
            {
                Assert(await ReadAsync(1) == 1, "the message has not come");
                _received.Add(1);
            });
        Start(
            "peer",
            () =>
            {
                Transport.Deliver(1);
                _received.WaitFor(1);
                Transport.End();
            });
    }
}

/// <summary>The reader examines all there is and consumes nothing, beyond the threshold: the pump goes on as soon as the reader waits for more.</summary>
internal sealed class ConnectionExamines : ConnectionScenario
{
    public ConnectionExamines()
        : base(isKnown: false, static _ => WithoutRoom())
    {
    }

    public override void Run()
    {
        StartAsync("reader", async () => Assert(await ReadAsync(3) == 3, "more or less has come than was wanted"));
        Start(
            "peer",
            () =>
            {
                Transport.Deliver(1);
                Transport.Deliver(2, 3);
            });
    }
}

/// <summary>A dialogue in which the reader blocks below the parked pump, until the pump has seen the peer's end.</summary>
internal sealed class ConnectionDialogueEnds : ConnectionScenario
{
    private readonly Tally _asked = new("asked");

    public ConnectionDialogueEnds()
        : base(isKnown: true)
    {
    }

    public override void Run()
    {
        StartAsync(
            "reader",
            async () =>
            {
                for (int i = 0; i < 3; i++)
                {
                    await Connection.Output.WriteAsync(new byte[] { 9 }).ConfigureAwait(false);
                    _asked.Add(1);
                    Assert(await ReadAsync(1) == 1, "the answer has not come");
                }

                BlockUntil(() => Transport.HasToldEnd, "the end to be noticed");
            });
        Start(
            "peer",
            () =>
            {
                for (int i = 1; i <= 3; i++)
                {
                    _asked.WaitFor(i);
                    Transport.Deliver(1);
                }

                Transport.End();
            });
    }
}

/// <summary>The reader makes room and does not come back: the pump reads on.</summary>
internal sealed class ConnectionMakesRoom : ConnectionScenario
{
    public ConnectionMakesRoom()
        : base(isKnown: false, static _ => WithoutRoom())
    {
    }

    public override void Run()
    {
        StartAsync(
            "reader",
            async () =>
            {
                ReadResult result = await Connection.Input.ReadAsync().ConfigureAwait(false);
                Connection.Input.AdvanceTo(result.Buffer.End);
            });
        Start(
            "peer",
            () =>
            {
                Transport.Deliver(1);
                Transport.Deliver(2);
            });
    }

    public override void Check()
    {
        base.Check();
        Assert(Transport.Unread == 0, "the pump waits, and there is room");
    }
}

/// <summary>The pump waits for room that nobody makes, and the connection is aborted.</summary>
internal sealed class ConnectionAbortsHeldUp : ConnectionScenario
{
    public ConnectionAbortsHeldUp()
        : base(isKnown: false, static _ => WithoutRoom())
    {
    }

    public override void Run()
    {
        Start("peer", () => Transport.Deliver(1));
        StartAsync(
            "aborter",
            async () =>
            {
                Connection.Abort();
                await Task.WhenAny(Connection.Completion);
            });
    }
}
