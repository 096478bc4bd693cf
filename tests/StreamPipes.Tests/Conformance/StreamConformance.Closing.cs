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
}
