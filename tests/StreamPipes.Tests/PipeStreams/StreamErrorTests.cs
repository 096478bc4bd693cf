using System.IO.Pipelines;
using System.Net.Sockets;

namespace StreamPipes.Tests.PipeStreams;

/// <summary>What a stream over a pipe throws: callers of a stream catch <see cref="IOException"/>, and the pipe's own error is inside.</summary>
public sealed class StreamErrorTests
{
    private static readonly Dictionary<string, Func<Stream, Task>> Operations = new(StringComparer.Ordinal)
    {
        ["ReadAsync"] = stream => stream.ReadAsync(new byte[1].AsMemory()).AsTask(),
        ["ReadAsync of an array"] = stream => stream.ReadAsync(new byte[1], 0, 1),
        ["BeginRead"] = stream => Task.Factory.FromAsync(stream.BeginRead, stream.EndRead, new byte[1], 0, 1, state: null),
        ["Read"] = stream => Now(() => _ = stream.Read(new byte[1].AsSpan())),
        ["Read of an array"] = stream => Now(() => _ = stream.Read(new byte[1], 0, 1)),
        ["ReadByte"] = stream => Now(() => stream.ReadByte()),
        ["CopyToAsync"] = stream => stream.CopyToAsync(Stream.Null),
        ["CopyTo"] = stream => Now(() => stream.CopyTo(Stream.Null)),
        ["WriteAsync"] = stream => stream.WriteAsync(new byte[1].AsMemory()).AsTask(),
        ["WriteAsync of an array"] = stream => stream.WriteAsync(new byte[1], 0, 1),
        ["BeginWrite"] = stream => Task.Factory.FromAsync(stream.BeginWrite, stream.EndWrite, new byte[1], 0, 1, state: null),
        ["Write"] = stream => Now(() => stream.Write(new byte[1].AsSpan())),
        ["Write of an array"] = stream => Now(() => stream.Write(new byte[1], 0, 1)),
        ["WriteByte"] = stream => Now(() => stream.WriteByte(1)),
        ["FlushAsync"] = stream => stream.FlushAsync(),
        ["Flush"] = stream => Now(stream.Flush),
        ["DisposeAsync"] = stream => ((IAsyncDisposable)stream).DisposeAsync().AsTask(),
        ["Dispose"] = stream => Now(stream.Dispose),
    };

    private static readonly Dictionary<string, Exception> Foreign = new(StringComparer.Ordinal)
    {
        ["a reset"] = new SocketException((int)SocketError.ConnectionReset),
        ["a time limit"] = new TimeoutException("too late"),
        ["bad data"] = new InvalidDataException("not what was expected"),
    };

    private static readonly Dictionary<string, Exception> Own = new(StringComparer.Ordinal)
    {
        ["IOException"] = new IOException("broken"),
        ["ObjectDisposedException"] = new ObjectDisposedException("pipe"),
        ["OperationCanceledException"] = new OperationCanceledException("stopped"),
        ["InvalidOperationException"] = new InvalidOperationException("not now"),
        ["ArgumentException"] = Refusal(argument: null),
        ["NotSupportedException"] = new NotSupportedException("never"),
    };

    public static TheoryData<string, string, bool> ForeignErrors =>
        new(Operations.Keys.SelectMany(operation => Foreign.Keys.SelectMany(error => new[] { (operation, error, true), (operation, error, false) })));

    public static TheoryData<string, string, bool> OwnErrors =>
        new(Operations.Keys.SelectMany(operation => Own.Keys.SelectMany(error => new[] { (operation, error, true), (operation, error, false) })));

    [Theory]
    [MemberData(nameof(ForeignErrors))]
    public async Task An_error_that_no_stream_throws_becomes_an_IOException_with_the_original_inside(string operation, string error, bool atOnce)
    {
        Stream stream = new FaultyPipe(Foreign[error], atOnce).AsStream();

        (await Assert.ThrowsAsync<IOException>(() => Operations[operation](stream).Guarded())).InnerException.Should().BeSameAs(Foreign[error]);
    }

    [Theory]
    [MemberData(nameof(OwnErrors))]
    public async Task An_error_that_streams_throw_passes_as_it_is(string operation, string error, bool atOnce)
    {
        Stream stream = new FaultyPipe(Own[error], atOnce).AsStream();

        (await Thrown.SurelyByAsync(() => Operations[operation](stream).Guarded())).Should().BeSameAs(Own[error]);
    }

    [Fact]
    public async Task A_destinations_error_passes_through_a_copy_as_it_is()
    {
        Pipe input = new();
        await input.Writer.WriteAsync(new byte[1]).Guarded();
        TimeoutException failure = new("the destination is slow");

        Task copying = new PipeHalves(input.Reader, new Pipe().Writer).AsStream().CopyToAsync(new FailingDestination(failure));

        (await Assert.ThrowsAsync<TimeoutException>(() => copying.Guarded())).Should().BeSameAs(failure);
    }

    [Fact]
    public async Task A_reset_of_the_socket_under_the_stream_is_an_IOException_as_from_a_NetworkStream()
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        using Stream stream = SocketConnection.Create(client).AsStream();
        server.Close(timeout: 0);

        (await Assert.ThrowsAsync<IOException>(() => stream.ReadAsync(new byte[1]).Guarded())).InnerException.Should().BeOfType<SocketException>();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_error_of_the_flush_in_the_background_is_thrown_by_every_later_write_and_its_trace_does_not_grow(bool asynchronously)
    {
        FaultyLater writer = new();
        Stream stream = new PipeHalves(new Pipe().Reader, writer).AsStream();
        await stream.WriteAsync(new byte[1]).Guarded();
        await stream.WriteAsync(new byte[1]).Guarded();
        await writer.Failed.Guarded();

        IOException thrown = null!;
        int firstLength = 0;
        for (int i = 0; i < 100; i++)
        {
            // The thread pool may have to keep the error yet.
            Exception? exception = await Thrown.ByAsync(() => asynchronously ? stream.WriteAsync(new byte[1]).AsTask() : Now(() => stream.WriteByte(1)));
            if (exception is null) continue;
            thrown = exception.Should().BeOfType<IOException>().Subject;
            if (firstLength == 0) firstLength = thrown.ToString().Length;
        }

        thrown.InnerException.Should().BeSameAs(writer.Fault);
        thrown.ToString().Length.Should().BeLessThan(2 * firstLength);
    }

    [Fact]
    public void A_pipe_without_one_of_its_halves_is_refused_by_name()
    {
        Assert.Throws<ArgumentException>(() => new PipeHalves(null!, new Pipe().Writer).AsStream()).ParamName.Should().Be("pipe");
        Assert.Throws<ArgumentException>(() => new PipeHalves(new Pipe().Reader, null!).AsStream()).Message.Should().Contain("Output");
    }

    private static ArgumentException Refusal(object? argument) => new($"not {argument}", nameof(argument));

    private static Task Now(Action operation)
    {
        operation();
        return Task.CompletedTask;
    }

    private sealed class FailingDestination(Exception failure) : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => throw failure;

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => throw failure;
    }

    /// <summary>Its first flush goes well, all others fail.</summary>
    private sealed class FaultyLater : PipeWriter
    {
        private readonly byte[] _buffer = new byte[4096];
        private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _flushes;

        public SocketException Fault { get; } = new((int)SocketError.ConnectionReset);

        public Task Failed => _failed.Task;

        public override void Advance(int bytes)
        {
            // Nobody looks at them.
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => _buffer;

        public override Span<byte> GetSpan(int sizeHint = 0) => _buffer;

        public override void CancelPendingFlush()
        {
            // None is ever pending.
        }

        public override void Complete(Exception? exception = null)
        {
            // Nothing to let go.
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            if (Interlocked.Increment(ref _flushes) == 1) return default;
            _failed.TrySetResult();
            throw Fault;
        }
    }
}
