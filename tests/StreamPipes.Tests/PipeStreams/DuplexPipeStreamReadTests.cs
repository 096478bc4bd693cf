using System.Buffers;
using System.IO.Pipelines;

namespace StreamPipes.Tests.PipeStreams;

/// <summary>What <see cref="DuplexPipe.AsStream"/> makes of readers that give nothing, and its copy to another stream.</summary>
public sealed class DuplexPipeStreamReadTests
{
    private readonly Pipe _input = new(new PipeOptions(minimumSegmentSize: 16, useSynchronizationContext: false));

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public async Task A_reader_that_gives_nothing_has_not_ended(int size)
    {
        Stream stream = Over(new HollowReader([5]));

        (await stream.ReadAsync(new byte[size]).Guarded()).Should().Be(size);

        if (size == 0) (await stream.ReadAsync(new byte[1]).Guarded()).Should().Be(1);
        (await stream.ReadAsync(new byte[1]).Guarded()).Should().Be(0, "now it has");
    }

    [Fact]
    public void A_reader_that_gives_nothing_has_not_ended_for_a_blocking_read()
    {
        Stream stream = Over(new HollowReader([5]));

        stream.ReadByte().Should().Be(5);
        stream.ReadByte().Should().Be(-1);
    }

    [Fact]
    public async Task A_copy_goes_on_after_a_reader_that_gives_nothing()
    {
        MemoryStream destination = new();

        await Over(new HollowReader([5])).CopyToAsync(destination).Guarded();

        destination.ToArray().Should().Equal(5);
    }

    [Fact]
    public async Task A_copy_of_a_stream_that_has_ended_ends_again()
    {
        Stream stream = Over(_input.Reader);
        await _input.Writer.WriteAsync(new byte[100]).Guarded();
        await _input.Writer.CompleteAsync();
        MemoryStream destination = new();

        await stream.CopyToAsync(destination).Guarded();
        await stream.CopyToAsync(destination).Guarded();

        destination.Length.Should().Be(100);
        stream.ReadByte().Should().Be(-1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Dispose_ends_a_copy_that_waits_with_ObjectDisposedException(bool leaveOpen)
    {
        Stream stream = Over(_input.Reader, leaveOpen);
        MemoryStream destination = new();
        Task copying = stream.CopyToAsync(destination);

        await ((IAsyncDisposable)stream).DisposeAsync().Guarded();

        await _input.Writer.WriteAsync(new byte[] { 1, 2, 3 }).Guarded();
        if (leaveOpen) (await _input.Reader.TakeAsync(3)).Should().Equal(1, 2, 3);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => copying.Guarded());
        destination.Length.Should().Be(0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Dispose_lets_the_destination_take_what_it_was_given_and_ends_the_copy_then(bool leaveOpen)
    {
        await _input.Writer.WriteAsync(Payload.Seeded(16)).Guarded();
        await _input.Writer.WriteAsync(Payload.Seeded(32)).Guarded();
        Stream stream = Over(_input.Reader, leaveOpen);
        TaskCompletionSource taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Destination destination = new(write: _ => taken.Task);
        Task copying = stream.CopyToAsync(destination);

        await ((IAsyncDisposable)stream).DisposeAsync().Guarded();
        taken.SetResult();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => copying.Guarded());
        destination.Writes.Should().Be(1);
        if (leaveOpen) (await _input.Reader.TakeAsync(48 - (int)destination.Length)).Should().HaveCount(48 - (int)destination.Length);
    }

    [Fact]
    public async Task A_destination_that_fails_loses_nothing_it_has_not_taken()
    {
        byte[] payload = Payload.Seeded(10_000);
        _input.Writer.Write(payload);
        await _input.Writer.FlushAsync().Guarded();
        await _input.Writer.CompleteAsync();
        Stream stream = Over(_input.Reader);
        InvalidDataException failure = new("full");
        Destination destination = new(write: number => number == 2 ? Task.FromException(failure) : Task.CompletedTask);

        (await Assert.ThrowsAsync<InvalidDataException>(() => stream.CopyToAsync(destination).Guarded())).Should().BeSameAs(failure);

        MemoryStream rest = new();
        await stream.CopyToAsync(rest).Guarded();
        destination.Length.Should().BePositive().And.BeLessThan(payload.Length);
        destination.ToArray().Concat(rest.ToArray()).Should().Equal(payload);
    }

    [Fact]
    public async Task A_token_and_CancelPendingRead_end_a_copy_and_the_stream_goes_on()
    {
        Stream stream = Over(_input.Reader);
        using CancellationTokenSource source = new();
        Task copying = stream.CopyToAsync(Stream.Null, source.Token);
        await Assert.ThrowsAsync<InvalidOperationException>(() => stream.ReadAsync(new byte[1]).Guarded());

        await source.CancelAsync();
        (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => copying.Guarded())).CancellationToken.Should().Be(source.Token);
        copying.IsCanceled.Should().BeTrue();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream.CopyToAsync(Stream.Null, source.Token).Guarded());

        copying = stream.CopyToAsync(Stream.Null);
        _input.Reader.CancelPendingRead();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => copying.Guarded());

        await _input.Writer.WriteAsync(new byte[] { 9 }).Guarded();
        stream.ReadByte().Should().Be(9);
    }

    private static Stream Over(PipeReader reader, bool leaveOpen = false) => new PipeHalves(reader, new Pipe().Writer).AsStream(leaveOpen);

    private sealed class Destination(Func<int, Task> write) : MemoryStream
    {
        public int Writes { get; private set; }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            byte[] bytes = buffer.ToArray();
            await write(++Writes);
            Write(bytes, 0, bytes.Length);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }

    /// <summary>Gives nothing, at once and after a while, before its bytes, and then the end.</summary>
    private sealed class HollowReader(byte[] bytes) : PipeReader
    {
        private ReadOnlySequence<byte> _rest = new(bytes);
        private int _reads;

        public override void AdvanceTo(SequencePosition consumed)
        {
            if (_reads > 3) _rest = _rest.Slice(consumed);
        }

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => AdvanceTo(consumed);

        public override void CancelPendingRead()
        {
            // Every read ends by itself.
        }

        public override void Complete(Exception? exception = null)
        {
            // Nothing to let go.
        }

        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            if (_reads % 2 == 1) await Task.Yield();
            return Next();
        }

        public override bool TryRead(out ReadResult result)
        {
            result = Next();
            return true;
        }

        private ReadResult Next() => ++_reads <= 3 ? default : new ReadResult(_rest, isCanceled: false, isCompleted: _rest.IsEmpty);
    }
}
