using System.Buffers;
using System.IO.Pipelines;
using StreamPipes.Buffers;
using StreamPipes.Scheduling;

namespace StreamPipes.Tests.Threads;

/// <summary>
/// Pipe options decide on thresholds, pool and segment size, and on those schedulers that they name; <see cref="PipeConnectionOptions.Scheduling"/> decides on
/// the rest, and the synchronization context is an option of its own.
/// </summary>
public sealed class GivenSchedulersTests
{
    private static readonly PipeScheduler Own = new ManualPipeScheduler();

    public static TheoryData<PumpScheduling> AnyScheduling => new(Enum.GetValues<PumpScheduling>());

    [Theory]
    [MemberData(nameof(AnyScheduling))]
    public void Pipe_options_that_name_no_scheduler_run_everything_where_no_pipe_options_would(PumpScheduling scheduling)
    {
        PipeConnectionOptions without = new() { Scheduling = scheduling };
        PipeConnectionOptions with = new() { Scheduling = scheduling, ReceivePipeOptions = new PipeOptions(pauseWriterThreshold: 10, resumeWriterThreshold: 5), SendPipeOptions = PipeOptions.Default };

        SchedulersOf(DirectionSettings.ForReceiving(with)).Should().Be(SchedulersOf(DirectionSettings.ForReceiving(without)));
        SchedulersOf(DirectionSettings.ForSending(with)).Should().Be(SchedulersOf(DirectionSettings.ForSending(without)));
    }

    [Fact]
    public void By_default_the_pump_and_its_end_take_whichever_thread_saves_a_hop()
    {
        SchedulersOf(DirectionSettings.ForReceiving(new PipeConnectionOptions())).Should().Be((null, null));
        SchedulersOf(DirectionSettings.ForSending(new PipeConnectionOptions())).Should().Be((null, null));
    }

    [Fact]
    public void Who_wants_both_on_the_thread_pool_says_so_by_Scheduling()
    {
        PipeConnectionOptions options = new() { Scheduling = PumpScheduling.ThreadPool, ReceivePipeOptions = PipeOptions.Default, SendPipeOptions = PipeOptions.Default };

        SchedulersOf(DirectionSettings.ForReceiving(options)).Should().Be((PipeScheduler.ThreadPool, PipeScheduler.ThreadPool));
        SchedulersOf(DirectionSettings.ForSending(options)).Should().Be((PipeScheduler.ThreadPool, PipeScheduler.ThreadPool));
    }

    [Theory]
    [MemberData(nameof(AnyScheduling))]
    public void A_scheduler_that_is_named_counts_for_what_it_schedules_and_for_nothing_else(PumpScheduling scheduling)
    {
        PipeConnectionOptions without = new() { Scheduling = scheduling };
        (PipeScheduler? receivePump, PipeScheduler? reader) = SchedulersOf(DirectionSettings.ForReceiving(without));
        (PipeScheduler? sendPump, PipeScheduler? writer) = SchedulersOf(DirectionSettings.ForSending(without));
        foreach (PipeScheduler own in new[] { Own, PipeScheduler.Inline })
        {
            PipeOptions forReaders = new(readerScheduler: own);
            PipeOptions forWriters = new(writerScheduler: own);
            PipeConnectionOptions first = new() { Scheduling = scheduling, ReceivePipeOptions = forReaders, SendPipeOptions = forWriters };
            PipeConnectionOptions second = new() { Scheduling = scheduling, ReceivePipeOptions = forWriters, SendPipeOptions = forReaders };

            SchedulersOf(DirectionSettings.ForReceiving(first)).Should().Be((receivePump, own));
            SchedulersOf(DirectionSettings.ForSending(first)).Should().Be((sendPump, own));
            SchedulersOf(DirectionSettings.ForReceiving(second)).Should().Be((own, reader));
            SchedulersOf(DirectionSettings.ForSending(second)).Should().Be((own, writer));
        }
    }

    [Theory]
    [MemberData(nameof(AnyScheduling))]
    public void Only_dedicated_threads_give_the_pump_a_thread_of_its_own_whatever_schedulers_are_named(PumpScheduling scheduling)
    {
        PipeOptions named = new(readerScheduler: Own, writerScheduler: Own);
        PipeConnectionOptions options = new() { Scheduling = scheduling, ReceivePipeOptions = named, SendPipeOptions = named };

        DirectionSettings.ForReceiving(options).HasOwnThread.Should().Be(scheduling == PumpScheduling.DedicatedThreads);
        DirectionSettings.ForSending(options).HasOwnThread.Should().Be(scheduling == PumpScheduling.DedicatedThreads);
    }

    [Fact]
    public void Thresholds_pool_and_segment_size_of_pipe_options_always_count()
    {
        using CountingMemoryPool pool = new(100);
        PipeConnectionOptions options = new()
        {
            ReceivePipeOptions = new PipeOptions(pool, pauseWriterThreshold: 400, resumeWriterThreshold: 300, minimumSegmentSize: 100),
            SendPipeOptions = new PipeOptions(pauseWriterThreshold: 0),
        };

        DirectionSettings receiving = DirectionSettings.ForReceiving(options);
        DirectionSettings sending = DirectionSettings.ForSending(options);

        (receiving.Pool, receiving.SegmentSize, receiving.PauseThreshold, receiving.ResumeThreshold).Should().Be((pool, 100, 400L, 300L));
        (sending.Pool, sending.SegmentSize, sending.PauseThreshold).Should().Be((MemoryPool<byte>.Shared, 4096, 0L), "the framework filled these in");
        DirectionSettings usual = DirectionSettings.ForSending(new PipeConnectionOptions());
        (usual.Pool, usual.SegmentSize, usual.PauseThreshold, usual.ResumeThreshold).Should().Be((BlockPool.Shared, 32 * 1024, 128L * 1024, 64L * 1024));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void The_synchronization_context_is_not_the_pipe_options_affair(bool isWanted, bool isInPipeOptions)
    {
        PipeOptions pipe = new(useSynchronizationContext: isInPipeOptions);
        PipeConnectionOptions options = new() { UseSynchronizationContext = isWanted, ReceivePipeOptions = pipe, SendPipeOptions = pipe };

        DirectionSettings.ForReceiving(options).UseSynchronizationContext.Should().Be(isWanted);
        DirectionSettings.ForSending(options).UseSynchronizationContext.Should().Be(isWanted);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_read_and_a_flush_that_waited_resume_in_their_context_only_if_the_options_say_so(bool isWanted)
    {
        CountingContext context = new();
        ScriptedStream stream = new ScriptedStream().Hold(StreamOperation.Write);
        PipeOptions narrow = new(pauseWriterThreshold: 2, resumeWriterThreshold: 1);
        PipeConnection connection = StreamConnection.Create(stream, new PipeConnectionOptions { UseSynchronizationContext = isWanted, SendPipeOptions = narrow, ReceivePipeOptions = narrow });
        (Task read, Task flush) = context.RunInside(() => (AwaitAsync(connection.Input.ReadAsync()), AwaitAsync(connection.Output.WriteAsync(new byte[4]))));
        await stream.GetCalledTask(StreamOperation.Write).Guarded();

        _ = stream.Read("x");
        stream.Release(StreamOperation.Write);
        await read.Guarded();
        await flush.Guarded();

        context.Posts.Should().Be(isWanted ? 2 : 0);
        connection.Abort();
        await connection.DisposeAsync().Guarded();
    }

    /// <summary>The pump's thread is lent or pooled as ever, and the reader resumes where it is told to.</summary>
    [Fact]
    public async Task A_reader_with_a_scheduler_of_its_own_resumes_there_beside_a_pump_without_one()
    {
        ManualPipeScheduler readers = new();
        (IDuplexPipe near, IDuplexPipe far) = DuplexPipe.CreatePair();
        PipeConnection connection = StreamConnection.Create(near.AsStream(), new PipeConnectionOptions { ReceivePipeOptions = new PipeOptions(readerScheduler: readers) });
        for (int i = 0; i < 5; i++)
        {
            await connection.Output.WriteTextAsync("question");
            (await far.Input.ReadTextAsync(8)).Should().Be("question");
            Task<ReadResult> read = connection.Input.ReadAsync().AsTask();
            await far.Output.WriteTextAsync("answer");

            await Task.Run(() => SpinWait.SpinUntil(() => readers.Count > 0, HangGuard.Limit).Should().BeTrue()).Guarded();
            read.IsCompleted.Should().BeFalse();
            readers.RunAll().Should().Be(1);
            connection.Input.AdvanceTo((await read.Guarded()).Buffer.End);
        }

        connection.Abort();
        await connection.DisposeAsync().Guarded();
    }

    /// <summary>A pump that cannot be lent resumes on its scheduler, also when it was parked below the reader of a dialogue.</summary>
    [Fact]
    public async Task A_dialogue_works_over_a_pump_with_a_scheduler_of_its_own_and_a_reader_without_one()
    {
        QueueingScheduler pumps = new();
        PipeOptions receive = new(writerScheduler: pumps, pauseWriterThreshold: 4, resumeWriterThreshold: 2);
        (IDuplexPipe near, IDuplexPipe far) = DuplexPipe.CreatePair();
        PipeConnection connection = StreamConnection.Create(near.AsStream(), new PipeConnectionOptions { ReceivePipeOptions = receive });
        for (int i = 0; i < 20; i++)
        {
            await connection.Output.WriteTextAsync("question");
            (await far.Input.ReadTextAsync(8)).Should().Be("question");
            Task<string> read = connection.Input.ReadTextAsync(6);
            await far.Output.WriteTextAsync("answer");
            (await read.Guarded()).Should().Be("answer");
        }

        pumps.Count.Should().BePositive();
        connection.Abort();
        await connection.DisposeAsync().Guarded();
    }

    private static (PipeScheduler? Pump, PipeScheduler? End) SchedulersOf(DirectionSettings settings) => (settings.PumpScheduler, settings.EndScheduler);

    private static async Task AwaitAsync<T>(ValueTask<T> operation) => await operation;

    /// <summary>The pool, under another name, and counted.</summary>
    private sealed class QueueingScheduler : PipeScheduler
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public override void Schedule(Action<object?> action, object? state)
        {
            Interlocked.Increment(ref _count);
            ThreadPool.Schedule(action, state);
        }
    }
}
