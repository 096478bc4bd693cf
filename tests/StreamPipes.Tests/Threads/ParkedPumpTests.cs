#if !LIBRARY_NETSTANDARD
using System.IO.Pipelines;
using System.Net.Sockets;
using StreamPipes.Scheduling;

namespace StreamPipes.Tests.Threads;

/// <summary>The receive pump while it is parked below its reader, in a dialogue: it is not out of reach, and not for long.</summary>
public sealed class ParkedPumpTests
{
    private const int Rounds = 4;

    [Fact]
    public async Task A_reset_is_noticed_while_the_reader_of_a_dialogue_blocks() => await InADialogueAsync(
        new PipeConnectionOptions(),
        (connection, peer) =>
        {
            peer.Close(0);
            Exception? thrown = Record.Exception(() => Blocking.WaitGuarded(connection.Completion));
            thrown.Should().BeOfType<SocketException>();
        });

    [Fact]
    public async Task What_the_peer_sends_is_received_while_the_reader_of_a_dialogue_blocks() => await InADialogueAsync(
        new PipeConnectionOptions(),
        (connection, peer) =>
        {
            long before = connection.BytesReceived;
            peer.Send(new byte[100]);
            SpinWait.SpinUntil(() => connection.BytesReceived == before + 100, HangGuard.Limit).Should().BeTrue("so that a peer that sends does not count as idle");
        });

    [Fact]
    public void A_pump_that_must_not_stay_parked_is_scheduled_before_its_reader_runs()
    {
        ManualPipeScheduler scheduler = new();
        PumpDouble pump = new(scheduler);
        int scheduledWhenTheReaderRan = -1;
        ReaderDouble reader = new(() => scheduledWhenTheReaderRan = scheduler.Count);
        pump.MustNotStayParked = true;

        pump.Park(reader);

        scheduledWhenTheReaderRan.Should().Be(1, "what came between the claim of the reader and the park was looked for again");
        pump.Resumptions.Should().Be(0);
        scheduler.RunAll();
        pump.Resumptions.Should().Be(1);
    }

    [Fact]
    public void A_signal_resumes_a_parked_pump_only_if_it_must_not_stay()
    {
        ManualPipeScheduler scheduler = new();
        PumpDouble pump = new(scheduler);
        List<int> scheduled = [];
        ReaderDouble reader = new(() =>
        {
            pump.Signal.Signal();
            scheduled.Add(scheduler.Count);
            pump.MustNotStayParked = true;
            pump.Signal.Signal();
            pump.Signal.Signal();
            scheduled.Add(scheduler.Count);
        });

        pump.Park(reader);

        scheduled.Should().Equal(0, 1);
        scheduler.RunAll();
        pump.Resumptions.Should().Be(1);
    }

    [Fact]
    public void A_parked_pump_continues_when_its_reader_returns()
    {
        ManualPipeScheduler scheduler = new();
        PumpDouble pump = new(scheduler);

        pump.Park(new ReaderDouble(() => pump.Resumptions.Should().Be(0)));

        (pump.Resumptions, scheduler.Count).Should().Be((1, 0));
    }

    /// <summary>Has a dialogue over TCP, and then runs an act where the last answer resumed the reader, on the thread of the parked pump.</summary>
    private static async Task InADialogueAsync(PipeConnectionOptions options, Action<PipeConnection, Socket> act)
    {
        (Socket near, Socket far) = await SocketPair.TcpAsync();
        using Socket peer = far;
        PipeConnection connection = SocketConnection.Create(near, options);
        Task asking = Task.Run(async () =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                await connection.Output.WriteAsync(new byte[4]).ConfigureAwait(false);
                ReadResult answer = await connection.Input.ReadAtLeastAsync(4).ConfigureAwait(false);
                connection.Input.AdvanceTo(answer.Buffer.End);
            }

            act(connection, peer);
        });
        byte[] question = new byte[4];
        for (int i = 0; i < Rounds; i++)
        {
            int received = 0;
            while (received < question.Length) received += await peer.ReceiveAsync(question.AsMemory(received)).AsTask().Guarded();
            await peer.SendAsync(question);
        }

        await asking.Guarded();
        connection.Abort();
        await connection.DisposeAsync().Guarded();
    }

    private sealed class PumpDouble : PumpSignal.IPump
    {
        public PumpDouble(PipeScheduler scheduler)
        {
            Signal = new PumpSignal(this, scheduler);
            Signal.Start(isOwnThread: true);
            (scheduler as ManualPipeScheduler)?.RunAll();
        }

        public PumpSignal Signal { get; }

        public bool MustNotStayParked { get; set; }

        public int Resumptions { get; private set; }

        public bool HasWork => false;

        public void OnParked()
        {
            // No monitor in these tests.
        }

        public void Run()
        {
            // The test is the pump.
        }

        public void Park(PendingOperation<ReadResult> reader) => Signal.RunReaderThenResume(reader).UnsafeOnCompleted(() => Resumptions++);
    }

    /// <summary>A claimed wait, and what the reader does when it is resumed.</summary>
    private sealed class ReaderDouble : PendingOperation<ReadResult>
    {
        private bool _isOver;

        public ReaderDouble(Action onResumed)
            : base(scheduler: null, useSynchronizationContext: false)
        {
            TryReserve().Should().BeTrue();
            Begin(CancellationToken.None, out ValueTask<ReadResult> task).Should().BeTrue();
            _isOver = true;
            task.GetAwaiter().UnsafeOnCompleted(onResumed);
            TryClaim().Should().BeTrue();
        }

        protected override bool MayBeDropped => true;

        protected override bool IsOver => _isOver;

        protected override ReadResult MakeResult() => default;
    }
}
#endif
