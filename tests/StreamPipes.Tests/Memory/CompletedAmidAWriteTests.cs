using System.IO.Pipelines;

namespace StreamPipes.Tests.Memory;

/// <summary>Somebody completes or disposes a connection while another thread is in the middle of a WriteAsync: its memory is not taken from under it.</summary>
public sealed class CompletedAmidAWriteTests
{
    private readonly byte[] _message = Payload.Seeded(700);
    private readonly BlockingMemoryPool _pool = new(nth: 2);
    private readonly ScriptedStream _stream = new ScriptedStream().Eof();
    private readonly PipeConnection _connection;

    public CompletedAmidAWriteTests()
    {
        PipeOptions pipe = new(_pool, minimumSegmentSize: 256, useSynchronizationContext: false);
        _connection = StreamConnection.Create(_stream, new PipeConnectionOptions { SendPipeOptions = pipe });
    }

    [Fact]
    public async Task Complete_amid_a_write_does_not_wait_for_it_and_all_of_it_is_sent()
    {
        Task<FlushResult> write = WriteElsewhere();
        await _pool.Called.Guarded();

        _connection.Output.Complete();
        (await Thrown.ByAsync(() => _connection.Output.WriteAsync(_message).Guarded())).Should().BeOfType<InvalidOperationException>();
        _pool.Release();

        await write.Guarded();
        await _connection.DisposeAsync().Guarded();
        _stream.Written.Should().Equal(_message);
        _connection.CloseReason.Should().BeOneOf(CloseReason.LocalClose, CloseReason.RemoteClose);
        _pool.AssertClean();
    }

    [Fact]
    public async Task A_dispose_amid_a_write_waits_for_it_and_all_of_it_is_sent()
    {
        Task<FlushResult> write = WriteElsewhere();
        await _pool.Called.Guarded();

        Task dispose = _connection.DisposeAsync().AsTask();
        dispose.IsCompleted.Should().BeFalse();
        _pool.Release();

        await dispose.Guarded();
        await write.Guarded();
        _stream.Written.Should().Equal(_message);
        _pool.AssertClean();
    }

    [Fact]
    public async Task An_abort_amid_a_write_makes_it_throw_the_reason_and_return_every_block()
    {
        InvalidDataException reason = new("enough");
        Task<FlushResult> write = WriteElsewhere();
        await _pool.Called.Guarded();

        _connection.Abort(reason);
        await _connection.DisposeAsync().Guarded();
        _pool.Release();

        (await Thrown.ByAsync(() => write.Guarded())).Should().BeSameAs(reason);
        _stream.Written.Should().BeEmpty();
        _pool.AssertClean();
    }

    /// <summary>On a thread of its own, since the pool blocks it.</summary>
    private Task<FlushResult> WriteElsewhere() =>
        Task.Factory.StartNew(() => _connection.Output.WriteAsync(_message).AsTask(), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
}
