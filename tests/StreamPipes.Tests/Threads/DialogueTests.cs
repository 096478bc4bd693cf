using System.IO.Pipelines;

namespace StreamPipes.Tests.Threads;

/// <summary>
/// In a dialogue the reader runs before the next read of the stream is issued, on the pump's thread. Whatever it does there, also if it blocks,
/// the connection goes on.
/// </summary>
public sealed class DialogueTests
{
    private const int Rounds = 5;
    private static readonly byte[] Question = "question"u8.ToArray();
    private static readonly byte[] Answer = "answer"u8.ToArray();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_next_question_is_sent_before_the_stream_is_read_again(bool hasThresholds)
    {
        PipeOptions? narrow = hasThresholds ? new PipeOptions(pauseWriterThreshold: 1000, resumeWriterThreshold: 500) : null;
        // Inline: what an answer sets off has happened when its flush returns.
        (IDuplexPipe near, IDuplexPipe far) = DuplexPipe.CreatePair(new PipeOptions(readerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));
        LoggedPipe logged = new(near);
        PipeConnection connection = StreamConnection.Create(logged.AsStream(), new PipeConnectionOptions { ReceivePipeOptions = narrow, SendPipeOptions = narrow });
        Task asking = AskAsync(connection, () => logged.Note("answered"));
        for (int i = 0; i < Rounds; i++)
        {
            (await far.Input.TakeAsync(Question.Length)).Should().Equal(Question);
            logged.Note("answer");
            await far.Output.WriteAsync(Answer).Guarded();
        }

        await asking.Guarded();
        string log = string.Join(' ', logged.Log);
        log.Should().Contain("answer read answered write write read answer read answered write write read answer");
        connection.Abort();
        await connection.DisposeAsync().Guarded();
    }

    [Fact]
    public async Task A_reader_that_blocks_for_more_gets_it() => await AfterADialogueAsync((connection, _) =>
    {
        ReadResult more = Blocking.WaitGuarded(connection.Input.ReadAsync().AsTask());
        more.Buffer.Length.Should().Be(Answer.Length);
        connection.Input.AdvanceTo(more.Buffer.End);
    });

    [Fact]
    public async Task A_reader_that_looks_again_and_again_gets_more() => await AfterADialogueAsync((connection, _) =>
    {
        ReadResult more = default;
        SpinWait.SpinUntil(() => connection.Input.TryRead(out more), HangGuard.Limit).Should().BeTrue();
        more.Buffer.Length.Should().Be(Answer.Length);
        connection.Input.AdvanceTo(more.Buffer.End);
    });

    [Fact]
    public async Task A_reader_that_blocks_in_the_dispose_is_let_go() => await AfterADialogueAsync((connection, peer) =>
    {
        Task dispose = connection.DisposeAsync().AsTask();
        peer.Dispose();
        Blocking.WaitGuarded(dispose);
    });

    [Fact]
    public async Task A_reader_that_blocks_until_the_end_after_its_half_close_sees_it() => await AfterADialogueAsync((connection, peer) =>
    {
        connection.Output.Complete();
        peer.Dispose();
        Blocking.WaitGuarded(connection.Completion);
    });

    [Fact]
    public async Task A_reader_that_blocks_does_not_hold_up_an_abort() => await AfterADialogueAsync((connection, _) =>
    {
        connection.Abort();
        Record.Exception(() => Blocking.WaitGuarded(connection.Completion)).Should().BeOfType<IOException>();
    });

    [Fact]
    public async Task A_reader_that_blocks_in_a_detach_gets_the_stream() => await AfterADialogueAsync((connection, _) =>
        Blocking.WaitGuarded(connection.DetachAsync().AsTask()).Stream.Dispose());

    [Fact]
    public async Task A_reader_in_a_context_of_its_own_that_blocks_for_more_gets_it() => await AfterADialogueAsync((connection, _) =>
    {
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(new SynchronizationContext());
        try
        {
            ReadResult more = Blocking.WaitGuarded(connection.Input.ReadAsync().AsTask());
            connection.Input.AdvanceTo(more.Buffer.End);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    });

    /// <summary>Has a dialogue, and then runs the reader's act where the last answer woke it, over TCP and over TLS. One more answer is under way.</summary>
    private static async Task AfterADialogueAsync(Action<PipeConnection, Stream> act)
    {
        foreach (bool tls in (bool[])[false, true])
        {
            await using StreamPair pair = tls ? await StreamPairs.TlsAsync() : await StreamPairs.TcpAsync();
            PipeConnection connection = StreamConnection.Create(pair.Client);
            int answers = 0;

            await TalkAsync(connection, pair.Server, onAnswer: () =>
            {
                if (++answers == Rounds) act(connection, pair.Server);
            });

            connection.Abort();
            await connection.DisposeAsync().Guarded();
        }
    }

    private static async Task TalkAsync(PipeConnection connection, Stream peer, Action onAnswer)
    {
        Task asking = AskAsync(connection, onAnswer);
        byte[] buffer = new byte[Question.Length];
        for (int i = 0; i < Rounds; i++)
        {
            await peer.ReadExactlyAsync(buffer).AsTask().Guarded();

            // The read of the answer waits by now, or will: whichever, the last one finds a second answer behind it.
            await peer.WriteAsync(Answer).AsTask().Guarded();
            await peer.FlushAsync().Guarded();
        }

        Task more = SendMoreAsync(peer);
        await asking.Guarded();
        await more.Guarded();
    }

    private static async Task AskAsync(PipeConnection connection, Action onAnswer)
    {
        for (int i = 0; i < Rounds; i++)
        {
            await connection.Output.WriteAsync(Question).ConfigureAwait(false);
            ReadResult result = await connection.Input.ReadAtLeastAsync(Answer.Length).ConfigureAwait(false);
            connection.Input.AdvanceTo(result.Buffer.GetPosition(Answer.Length));
            onAnswer();
        }
    }

    private static async Task SendMoreAsync(Stream peer)
    {
        try
        {
            await peer.WriteAsync(Answer);
            await peer.FlushAsync();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The act has ended the connection already.
        }
    }
}
