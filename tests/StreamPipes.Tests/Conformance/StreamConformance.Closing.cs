namespace StreamPipes.Tests.Conformance;

public abstract partial class StreamConformance
{
    [Fact]
    public async Task Dispose_ends_a_pending_read_with_ObjectDisposedException()
    {
        SkipIf(PendingReadAtDisposeDeviates);
        await using StreamPair pair = await ConnectAsync();
        Task<int> read = pair.Client.ReadAsync(new byte[1]).AsTask();

        Task disposing = pair.Client.DisposeAsync().AsTask();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => read.Guarded());
        await pair.Server.DisposeAsync().Guarded();
        await disposing.Guarded();
    }

    [Fact]
    public async Task Dispose_ends_a_blocked_read_with_ObjectDisposedException()
    {
        SkipIf(PendingReadAtDisposeDeviates);
        await using StreamPair pair = await ConnectAsync();
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<int> read = Task.Factory.StartNew(ReadByte, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await started.Task.Guarded();

        pair.Client.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => read.Guarded());

        int ReadByte()
        {
            started.SetResult();
            return pair.Client.ReadByte();
        }
    }

    [Fact]
    public async Task Dispose_ends_a_write_that_waits_with_ObjectDisposedException()
    {
        SkipIf(WaitingWriteAtDisposeDeviates);
        await using StreamPair pair = await ConnectAsync();
        Task write = pair.Client.WriteAsync(MoreThanFits).AsTask();

        Task disposing = pair.Client.DisposeAsync().AsTask();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => write.Guarded());
        await LetDisposeEndAsync(pair, disposing);
    }

    [Fact]
    public async Task Dispose_ends_a_blocked_write_with_ObjectDisposedException()
    {
        SkipIf(WaitingWriteAtDisposeDeviates);
        await using StreamPair pair = await ConnectAsync();
        TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Task write = Task.Factory.StartNew(Write, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await started.Task.Guarded();

        Task disposing = pair.Client.DisposeAsync().AsTask();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => write.Guarded());
        await LetDisposeEndAsync(pair, disposing);

        void Write()
        {
            started.SetResult();
            pair.Client.Write(MoreThanFits, 0, MoreThanFits.Length);
        }
    }

    [Fact]
    public async Task Dispose_ends_every_write_and_flush_that_waits_with_ObjectDisposedException()
    {
        SkipIf(WaitingWriteAtDisposeDeviates);
        await using StreamPair pair = await ConnectAsync();
        Task write = pair.Client.WriteAsync(MoreThanFits).AsTask();
        Task next = pair.Client.WriteAsync(MoreThanFits).AsTask();
        Task flush = pair.Client.FlushAsync();

        Task disposing = pair.Client.DisposeAsync().AsTask();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => write.Guarded());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => next.Guarded());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => flush.Guarded());
        await LetDisposeEndAsync(pair, disposing);
    }

    [Fact]
    public async Task Dispose_ends_a_flush_that_waits_with_ObjectDisposedException()
    {
        SkipIf(FlushNeverWaits);
        await using StreamPair pair = await ConnectAsync();
        using CancellationTokenSource source = new();
        Task write = pair.Client.WriteAsync(MoreThanFits, source.Token).AsTask();
        await source.CancelAsync();
        await ShouldBeCancelledAsync(write, source.Token);
        Task flush = pair.Client.FlushAsync();
        flush.IsCompleted.Should().BeFalse("the peer reads nothing");

        Task disposing = pair.Client.DisposeAsync().AsTask();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => flush.Guarded());
        await LetDisposeEndAsync(pair, disposing);
    }

    [Fact]
    public async Task Dispose_ends_a_pending_copy_with_ObjectDisposedException()
    {
        SkipIf(PendingCopyAtDisposeDeviates);
        await using StreamPair pair = await ConnectAsync();
        Task copying = pair.Client.CopyToAsync(Stream.Null);

        Task disposing = pair.Client.DisposeAsync().AsTask();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => copying.Guarded());
        await LetDisposeEndAsync(pair, disposing);
    }

    [Fact]
    public async Task Dispose_ends_a_write_that_waits_and_a_pending_copy_in_some_way()
    {
        await using StreamPair pair = await ConnectAsync();
        Task write = pair.Client.WriteAsync(MoreThanFits).AsTask();
        Task copying = pair.Client.CopyToAsync(Stream.Null);

        Task disposing = pair.Client.DisposeAsync().AsTask();

        await Thrown.SurelyByAsync(() => write.Guarded());
        await Thrown.ByAsync(() => copying.Guarded());
        await LetDisposeEndAsync(pair, disposing);
    }

    [Fact]
    public async Task Dispose_delivers_what_was_written()
    {
        await using StreamPair pair = await ConnectAsync();
        byte[] payload = Payload.Seeded(3000);
        byte[] received = new byte[payload.Length];
        foreach (byte[] piece in payload.Chunk(100)) await pair.Client.WriteAsync(piece).Guarded();

        pair.Client.Dispose();

        await pair.Server.ReadExactlyAsync(received).Guarded();
        received.Should().Equal(payload);
        pair.Server.ReadByte().Should().Be(-1);
    }

    [Fact]
    public async Task A_disposed_stream_says_that_it_can_do_nothing()
    {
        await using StreamPair pair = await ConnectAsync();

        pair.Client.Dispose();

        pair.Client.CanRead.Should().BeFalse();
        pair.Client.CanWrite.Should().BeFalse();
        pair.Client.CanSeek.Should().BeFalse();
    }

    [Fact]
    public async Task Using_a_disposed_stream_throws_ObjectDisposedException()
    {
        SkipIf(UseAfterDisposeDeviates);
        await using StreamPair pair = await ConnectAsync();
        Stream stream = pair.Client;
        stream.Dispose();

        foreach (ReadFlavour flavour in Enum.GetValues<ReadFlavour>())
        {
            await Assert.ThrowsAsync<ObjectDisposedException>(() => StreamFlavours.ReadAsync(stream, new byte[3], flavour).Guarded());
        }

        foreach (WriteFlavour flavour in Enum.GetValues<WriteFlavour>())
        {
            await Assert.ThrowsAsync<ObjectDisposedException>(() => StreamFlavours.WriteAsync(stream, new byte[3], flavour).Guarded());
        }

        await Assert.ThrowsAsync<ObjectDisposedException>(() => stream.CopyToAsync(Stream.Null).Guarded());
        Assert.Throws<ObjectDisposedException>(() => stream.CopyTo(Stream.Null));
    }

    [Fact]
    public async Task Disposing_again_changes_nothing()
    {
        await using StreamPair pair = await ConnectAsync();

        pair.Client.Dispose();
        pair.Client.Dispose();
        await pair.Client.DisposeAsync().Guarded();
        await pair.Server.DisposeAsync().Guarded();
        await pair.Server.DisposeAsync().Guarded();
        pair.Server.Dispose();

        pair.Client.CanRead.Should().BeFalse();
        pair.Server.CanRead.Should().BeFalse();
    }

    /// <summary>It may wait for the peer's close, and for what was written to be taken.</summary>
    private static async Task LetDisposeEndAsync(StreamPair pair, Task disposing)
    {
        await pair.Server.DisposeAsync().Guarded();
        await disposing.Guarded();
    }
}
