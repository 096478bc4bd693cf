using System.IO.Pipelines;

namespace StreamPipes.Tests.Threads;

/// <summary>A scheduler that takes nothing any more, as that of a window that was closed.</summary>
public sealed class RefusingSchedulerTests
{
    private readonly ScriptedStream _stream = new();
    private readonly RefusingScheduler _scheduler = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_scheduler_that_refuses_work_keeps_no_connection_from_ending(bool aborts)
    {
        PipeConnection connection = Start();
        Task<ReadResult> read = connection.Input.ReadAsync().AsTask();
        await connection.Output.WriteTextAsync("bytes");
        await _stream.GetCalledTask(StreamOperation.Flush).Guarded();
        _scheduler.Refuses = true;

        if (aborts)
        {
            connection.Abort();
            await Assert.ThrowsAsync<IOException>(() => read.Guarded());
        }

        await connection.DisposeAsync().Guarded();

        if (!aborts) await Assert.ThrowsAsync<ObjectDisposedException>(() => read.Guarded());
        connection.CloseReason.Should().Be(aborts ? CloseReason.Aborted : CloseReason.LocalClose);
        _stream.IsDisposed.Should().BeTrue();
    }

    [Fact]
    public async Task A_scheduler_that_refuses_work_does_not_stop_reading_and_sending()
    {
        await using PipeConnection connection = Start();
        Task<ReadResult> read = connection.Input.ReadAsync().AsTask();
        await _stream.GetCalledTask(StreamOperation.Read).Guarded();
        _scheduler.Refuses = true;

        _ = _stream.Read("news");
        connection.Output.Put("bytes"u8);
        await connection.Output.FlushAsync().Guarded();

        ReadResult result = await read.Guarded();
        result.Buffer.Length.Should().Be(4);
        connection.Input.AdvanceTo(result.Buffer.End);
        await connection.Output.CompleteAsync().Guarded();
        _stream.Written.Should().Equal("bytes"u8.ToArray());
        connection.Abort();
    }

    private PipeConnection Start()
    {
        PipeOptions pipe = new(readerScheduler: _scheduler, writerScheduler: _scheduler, useSynchronizationContext: false);
        return StreamConnection.Create(_stream, new PipeConnectionOptions { ReceivePipeOptions = pipe, SendPipeOptions = pipe });
    }

    private sealed class RefusingScheduler : PipeScheduler
    {
        private volatile bool _refuses;

        public bool Refuses
        {
            get => _refuses;
            set => _refuses = value;
        }

        public override void Schedule(Action<object?> action, object? state)
        {
            if (_refuses) throw new InvalidOperationException("The window is closed.");
            ThreadPool.Schedule(action, state);
        }
    }
}
