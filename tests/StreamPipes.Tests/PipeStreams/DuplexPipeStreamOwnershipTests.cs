using System.IO.Pipelines;

namespace StreamPipes.Tests.PipeStreams;

/// <summary>What disposing the stream of <see cref="DuplexPipe.AsStream"/> does to the pipe under it.</summary>
public sealed class DuplexPipeStreamOwnershipTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Dispose_completes_both_halves(bool asynchronously)
    {
        (IDuplexPipe pipe, IDuplexPipe peer) = DuplexPipe.CreatePair();
        Stream stream = pipe.AsStream();

        if (asynchronously) await stream.DisposeAsync().Guarded();
        else stream.Dispose();

        await peer.Input.ShouldEndAsync();
        (await peer.Output.WriteAsync(new byte[1]).Guarded()).IsCompleted.Should().BeTrue();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task LeaveOpen_flushes_and_leaves_both_halves_to_the_caller(bool asynchronously)
    {
        (IDuplexPipe pipe, IDuplexPipe peer) = DuplexPipe.CreatePair();
        Stream stream = pipe.AsStream(leaveOpen: true);
        for (int i = 0; i < 10; i++) await stream.WriteAsync("x"u8.ToArray()).Guarded();

        if (asynchronously) await stream.DisposeAsync().Guarded();
        else stream.Dispose();

        (await peer.Input.ReadTextAsync(10)).Should().Be("xxxxxxxxxx");
        await PipeExtensions.ShouldTalkAsync(pipe, peer);
    }

    [Fact]
    public async Task LeaveOpen_gives_up_a_pending_read_and_costs_no_byte()
    {
        (IDuplexPipe pipe, IDuplexPipe peer) = DuplexPipe.CreatePair();
        Stream stream = pipe.AsStream(leaveOpen: true);
        Task<int> read = stream.ReadAsync(new byte[10]).AsTask();

        await stream.DisposeAsync().Guarded();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => read.Guarded());
        await PipeExtensions.ShouldTalkAsync(pipe, peer);
    }

    [Fact]
    public async Task LeaveOpen_gives_up_a_pending_copy_and_costs_no_byte()
    {
        (IDuplexPipe pipe, IDuplexPipe peer) = DuplexPipe.CreatePair();
        Stream stream = pipe.AsStream(leaveOpen: true);
        Task copying = stream.CopyToAsync(Stream.Null);

        await stream.DisposeAsync().Guarded();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => copying.Guarded());
        await PipeExtensions.ShouldTalkAsync(pipe, peer);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Both_halves_are_released_even_if_the_first_throws(bool asynchronously)
    {
        Pipe output = new();
        InvalidDataException failure = new("cannot complete");
        Stream stream = new PipeHalves(new UncompletableReader(failure), output.Writer).AsStream();

        IOException thrown = asynchronously
            ? await Assert.ThrowsAsync<IOException>(() => stream.DisposeAsync().Guarded())
            : Assert.Throws<IOException>(stream.Dispose);

        thrown.InnerException.Should().BeSameAs(failure);
        await output.Reader.ShouldEndAsync();
    }

    [Fact]
    public async Task Dispose_closes_a_connection_whole()
    {
        await using StreamPair tcp = await StreamPairs.TcpAsync();
        PipeConnection connection = StreamConnection.Create(tcp.Client);
        Stream stream = connection.AsStream();
        await stream.WriteAsync("bye"u8.ToArray()).Guarded();

        Task disposing = ((IAsyncDisposable)stream).DisposeAsync().AsTask();
        byte[] received = new byte[3];
        await tcp.Server.ReadExactlyAsync(received).Guarded();
        tcp.Server.ReadByte().Should().Be(-1);
        await tcp.Server.DisposeAsync().Guarded();

        await disposing.Guarded();
        received.Should().Equal("bye"u8.ToArray());
        connection.Completion.IsCompletedSuccessfully.Should().BeTrue("the dispose has waited for it");
        await connection.Completion.Guarded();
        tcp.Client.CanRead.Should().BeFalse();
    }

    [Fact]
    public void A_missing_pipe_is_refused_by_its_name() =>
        Assert.Throws<ArgumentNullException>(() => DuplexPipe.AsStream(null!)).ParamName.Should().Be("pipe");
}
