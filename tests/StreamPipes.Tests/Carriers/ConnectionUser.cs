using System.IO.Pipelines;

namespace StreamPipes.Tests.Carriers;

/// <summary>Uses a connection over the carrier.</summary>
internal sealed class ConnectionUser(PipeConnection connection, Link link) : User
{
    private Task _discarding = Task.CompletedTask;
    private bool _hasReadTheEnd;

    public override async Task WriteAsync(ReadOnlyMemory<byte> bytes, int seed)
    {
        int left = bytes.Length;
        foreach (ReadOnlyMemory<byte> piece in Content.Pieces(bytes, seed))
        {
            left -= piece.Length;
            if (left > 0 || bytes.Length == Content.Greeting.Length || bytes.Length == Content.BeforeDetach) await connection.Output.WriteAsync(piece);
            else connection.Output.Put(piece.Span); // What was written counts, flushed or not.
        }
    }

    public override async Task<byte[]> ReadAsync(int count)
    {
        while (true)
        {
            ReadResult result = await connection.Input.ReadAtLeastAsync(count);
            if (result.Buffer.Length < count) throw new EndOfStreamException($"The end after {result.Buffer.Length} of {count} bytes.");
            byte[] bytes = System.Buffers.BuffersExtensions.ToArray(result.Buffer.Slice(0, count));
            connection.Input.AdvanceTo(result.Buffer.GetPosition(count));
            return bytes;
        }
    }

    public override async Task<byte[]> ReadToEndAsync()
    {
        byte[] bytes = await connection.Input.TakeAllAsync();
        _hasReadTheEnd = true;
        return bytes;
    }

    public override void BeginDiscarding() => _discarding = DiscardAsync();

    public override Task StopDiscardingAsync()
    {
        connection.Input.CancelPendingRead();
        return _discarding;
    }

    public override void CompleteInput() => connection.Input.Complete();

    public override async Task CancelWaitsAsync()
    {
        using CancellationTokenSource cancellation = new();
        ValueTask<ReadResult> read = connection.Input.ReadAsync(cancellation.Token);
        cancellation.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await read);

        read = connection.Input.ReadAsync();
        connection.Input.CancelPendingRead();
        ReadResult result = await read;
        result.IsCanceled.Should().BeTrue();
        result.IsCompleted.Should().BeFalse();
        connection.Input.AdvanceTo(result.Buffer.Start);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await connection.Output.FlushAsync(cancellation.Token));
        connection.Output.CancelPendingFlush();
        (await connection.Output.FlushAsync()).IsCanceled.Should().BeTrue();
    }

    public override Task CompleteOutputAsync() => connection.Output.CompleteAsync().AsTask();

    public override async Task<User> DetachAsync()
    {
        DetachedStream detached = await connection.DetachAsync();
        connection.CloseReason.Should().Be(CloseReason.Detached);
        return new RawUser(new CarrierEnd(detached.Stream) { Afterwards = link.AfterConnection }, isDetached: true);
    }

    public override async Task<string> CloseAsync()
    {
        await connection.DisposeAsync();
        if (link.AfterConnection is not null) await link.AfterConnection();
        if (connection.Completion.Exception is { } error) return $"{connection.CloseReason}, {error.InnerException!.GetType().Name}: {error.InnerException.Message}";
        bool isOrderly = connection.CloseReason == CloseReason.RemoteClose || (connection.CloseReason == CloseReason.LocalClose && !_hasReadTheEnd);
        return isOrderly ? "" : $"{connection.CloseReason}";
    }

    public override string ToString() => $"{connection}";

    private async Task DiscardAsync()
    {
        while (true)
        {
            ReadResult result = await connection.Input.ReadAsync();
            connection.Input.AdvanceTo(result.Buffer.End);
            if (result.IsCanceled || result.IsCompleted) return;
        }
    }
}
