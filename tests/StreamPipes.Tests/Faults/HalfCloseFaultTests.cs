#if !LIBRARY_NETSTANDARD
using System.IO.Pipelines;
using System.Text;
using StreamPipes.Tests.Lifetime;
using StreamPipes.Transports;

namespace StreamPipes.Tests.Faults;

/// <summary>
/// The half-close of a duplex transport goes wrong in every way, whatever happens meanwhile: it is an error as long as this side reads, and none
/// once both directions are closing.
/// </summary>
public sealed class HalfCloseFaultTests
{
    private readonly ScriptedStream _stream = new();
    private readonly ManualTimeProvider _clock = new();
    private readonly Gate _gate = new();
    private readonly IOException _abortReason = new("aborted by the user");
    private readonly CancellationTokenSource _source = new();

    public static TheoryData<HalfCloseFault, HalfCloseAction, bool> Cases
    {
        get
        {
            TheoryData<HalfCloseFault, HalfCloseAction, bool> cases = [];
            foreach (HalfCloseFault fault in Enum.GetValues<HalfCloseFault>())
            {
                foreach (HalfCloseAction action in Enum.GetValues<HalfCloseAction>())
                {
                    cases.Add(fault, action, false);
                    cases.Add(fault, action, true);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_connection_with_a_failing_half_close_ends_as_the_lifetime_table_says(HalfCloseFault fault, HalfCloseAction action, bool isQuiet)
    {
        Exception injected = fault is HalfCloseFault.CancelledFromCall or HalfCloseFault.CancelledFromTask
            ? new OperationCanceledException("injected", new CancellationToken(canceled: true))
            : new IOException("injected");
        TransportDouble transport = Transport(fault, injected, isQuiet);
        PipeConnection connection = PipeConnection.Over(transport, _clock.Options());
        await _stream.GetCalledTask(StreamOperation.Read).Guarded();
        connection.Output.Put(Encoding.ASCII.GetBytes(FaultTexts.Tail));
        Task drain = connection.Output.CompleteAsync().AsTask();
        await transport.HalfClosed.Guarded();
        transport.HalfClosedBesideARead.Should().Be(!isQuiet);

        await ActAsync(connection, action, seesEnd: !isQuiet);
        _gate.Release();

        // A half-close that bears no read beside it keeps the end from being seen before it is over.
        bool hangs = fault == HalfCloseFault.HangsForEver;
        bool isRemote = action == HalfCloseAction.PeerCloses && !isQuiet;
        bool isClosing = isRemote || action is HalfCloseAction.DisposeAsync or HalfCloseAction.InputComplete;
        if (hangs && isClosing) await ShouldTimeOutAsync(connection, drain);
        else if (isClosing) await ShouldEndInOrderAsync(connection, drain, isRemote ? CloseReason.RemoteClose : CloseReason.LocalClose);
        else if (hangs || action == HalfCloseAction.Abort) await ShouldBeAbortedAsync(connection, drain, hangs);
        else await ShouldBeAWriteFaultAsync(connection, drain, injected, hasPeerClosed: action == HalfCloseAction.PeerCloses);

        Encoding.ASCII.GetString(_stream.Written).Should().Be(FaultTexts.Tail);
        _stream.IsDisposed.Should().BeTrue();
        await connection.DisposeAsync().Guarded();
        _clock.ArmedTimers.Should().Be(0);
    }

    private TransportDouble Transport(HalfCloseFault fault, Exception injected, bool isQuiet) => fault switch
    {
        HalfCloseFault.HangsForEver => new TransportDouble(_stream) { IsQuietlyHalfClosed = isQuiet, HalfCloseEnds = new TaskCompletionSource().Task },
        HalfCloseFault.ThrowsFromTask or HalfCloseFault.CancelledFromTask => new TransportDouble(_stream) { IsQuietlyHalfClosed = isQuiet, HalfCloseEnds = FailLaterAsync(injected) },
        _ => new TransportDouble(_stream)
        {
            IsQuietlyHalfClosed = isQuiet,
            OnHalfClose = () => Blocking.WaitGuarded(FailLaterAsync(injected)),
        },
    };

    private async Task FailLaterAsync(Exception injected)
    {
        await _gate.WaitAsync();
        throw injected;
    }

    private async Task ActAsync(PipeConnection connection, HalfCloseAction action, bool seesEnd)
    {
        switch (action)
        {
            case HalfCloseAction.Abort:
                connection.Abort(_abortReason);
                break;
            case HalfCloseAction.DisposeAsync:
                _ = connection.DisposeAsync().AsTask();
                break;
            case HalfCloseAction.InputComplete:
                connection.Input.Complete();
                break;
            case HalfCloseAction.OutputCompleteWithError:
                connection.Output.Complete(new IOException("of no interest: it is completed"));
                break;
            case HalfCloseAction.CancelTokens:
                Task read = connection.Input.ReadAsync(_source.Token).AsTask();
                await _source.CancelAsync();
                await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.Guarded());
                break;
            case HalfCloseAction.CancelPending:
                connection.Input.CancelPendingRead();
                (await connection.Input.ReadAsync().Guarded()).IsCanceled.Should().BeTrue();
                break;
            case HalfCloseAction.PeerCloses:
                _ = _stream.Read(FaultTexts.LastWords).Eof();
                if (!seesEnd) break;
                (await connection.Input.TakeAllAsync()).Should().Equal(Encoding.ASCII.GetBytes(FaultTexts.LastWords));
                connection.Input.Complete();
                break;
        }
    }

    private static async Task ShouldEndInOrderAsync(PipeConnection connection, Task drain, CloseReason reason)
    {
        await drain.Guarded();
        await connection.Completion.Guarded();
        connection.CloseReason.Should().Be(reason);
    }

    private async Task ShouldTimeOutAsync(PipeConnection connection, Task drain)
    {
        await _clock.WaitForTimersAsync(1).Guarded();
        _clock.Advance(Clockwork.CloseTimeout);
        connection.CloseReason.Should().Be(CloseReason.TimedOut);
        await _clock.AdvanceUntilAsync(connection.Completion);
        TimeoutException timeout = await Assert.ThrowsAsync<TimeoutException>(() => connection.Completion.Guarded());
        await drain.ShouldThrowAsync(timeout);
    }

    private async Task ShouldBeAbortedAsync(PipeConnection connection, Task drain, bool hangs)
    {
        connection.Abort(_abortReason);
        if (hangs) await _clock.AdvanceUntilAsync(connection.Completion);
        await connection.Completion.ShouldThrowAsync(_abortReason);
        connection.CloseReason.Should().Be(CloseReason.Aborted);
        await connection.Input.ReadAsync().ShouldThrowAsync(_abortReason);

        // Every byte was sent: if the abort has stopped the reading before the half-close failed, that was no error any more.
        if (hangs) await drain.ShouldThrowAsync(_abortReason);
        else (await Thrown.ByAsync(() => drain.Guarded())).Should().Match<Exception?>(e => e == null || ReferenceEquals(e, _abortReason));
    }

    private async Task ShouldBeAWriteFaultAsync(PipeConnection connection, Task drain, Exception injected, bool hasPeerClosed)
    {
        await drain.ShouldThrowAsync(injected);
        if (!hasPeerClosed) _ = _stream.Read(FaultTexts.LastWords).Eof();
        ReadResult result = await connection.Input.ReadAtLeastAsync(FaultTexts.LastWords.Length).Guarded();
        Encoding.ASCII.GetString(result.Buffer).Should().Be(FaultTexts.LastWords);
        result.IsCompleted.Should().BeFalse("a fault is no end");
        connection.Input.AdvanceTo(result.Buffer.End);
        await connection.Input.ReadAsync().ShouldThrowAsync(injected);
        await connection.Completion.ShouldThrowAsync(injected);
        connection.CloseReason.Should().Be(CloseReason.WriteFault);
    }
}
#endif
