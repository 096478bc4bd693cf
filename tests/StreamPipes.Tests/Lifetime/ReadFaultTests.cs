using System.IO.Pipelines;

namespace StreamPipes.Tests.Lifetime;

/// <summary>The row "read fault": every byte first, then the stream's own exception, everywhere.</summary>
public sealed class ReadFaultTests
{
    private readonly InvalidDataException _fault = new("the stream broke");

    [Fact]
    public async Task Every_byte_before_a_read_fault_is_delivered_although_the_connection_has_ended_already()
    {
        await using PipeConnection connection = StreamConnection.Create(new ScriptedStream().Read("last ").Read("words").ReadError(_fault));
        await connection.Completion.ShouldThrowAsync(_fault);

        (await connection.Input.ReadTextAsync(10)).Should().Be("last words");

        await connection.ShouldHaveEndedWithAsync(_fault, CloseReason.ReadFault);
    }

    [Fact]
    public async Task A_read_fault_disposes_the_stream_and_ends_the_connection_without_the_callers_help()
    {
        ScriptedStream stream = new ScriptedStream().ReadError(_fault);
        PipeConnection connection = StreamConnection.Create(stream);

        await connection.Completion.ShouldThrowAsync(_fault);

        stream.IsDisposed.Should().BeTrue();
        await connection.ShouldHaveEndedWithAsync(_fault, CloseReason.ReadFault);
    }

    [Fact]
    public async Task A_pending_read_gets_the_fault()
    {
        Gate gate = new();
        await using PipeConnection connection = StreamConnection.Create(new ScriptedStream().Wait(gate).ReadError(_fault));
        ValueTask<ReadResult> read = connection.Input.ReadAsync();

        gate.Release();

        await read.ShouldThrowAsync(_fault);
    }

    [Fact]
    public async Task A_flush_that_waits_gets_the_fault_of_the_read()
    {
        Gate gate = new();
        ScriptedStream stream = new ScriptedStream { IgnoresTokens = true }.Wait(gate).ReadError(_fault).Hold(StreamOperation.Write);
        await using PipeConnection connection = StreamConnection.Create(stream, SmallPipe.ForConnection);
        ValueTask<FlushResult> flush = connection.Output.WriteAsync(SmallPipe.MoreThanFits);
        flush.IsCompleted.Should().BeFalse();

        gate.Release();

        await flush.ShouldThrowAsync(_fault);
        await connection.Output.CompleteAsync().ShouldThrowAsync(_fault);
        await connection.Completion.ShouldThrowAsync(_fault);
    }

    [Fact]
    public async Task TryRead_gives_the_bytes_before_it_throws_the_fault()
    {
        await using PipeConnection connection = StreamConnection.Create(new ScriptedStream().Read("bytes").ReadError(_fault));
        await connection.Completion.ShouldThrowAsync(_fault);

        connection.Input.TryRead(out ReadResult result).Should().BeTrue();
        result.Buffer.Length.Should().Be(5);
        result.IsCompleted.Should().BeFalse("an error must not look like the end");
        connection.Input.AdvanceTo(result.Buffer.End);

        Record.Exception(() => connection.Input.TryRead(out _)).Should().BeSameAs(_fault);
    }

    [Fact]
    public async Task CopyToAsync_copies_every_byte_before_it_throws_the_fault()
    {
        await using PipeConnection connection = StreamConnection.Create(new ScriptedStream().Read("by").Read("tes").ReadError(_fault));
        using MemoryStream destination = new();

        await connection.Input.CopyToAsync(destination).ShouldThrowAsync(_fault);

        destination.ToArray().Should().Equal("bytes"u8.ToArray());
    }

    [Theory]
    [InlineData(5)]
    [InlineData(4)]
    [InlineData(1)]
    public async Task ReadAtLeastAsync_gives_the_bytes_before_a_fault_when_they_are_enough(int minimum)
    {
        await using PipeConnection connection = StreamConnection.Create(new ScriptedStream().Read("by").Read("tes").ReadError(_fault));
        await connection.Completion.ShouldThrowAsync(_fault);

        ReadResult result = await connection.Input.ReadAtLeastAsync(minimum).Guarded();

        result.Buffer.Length.Should().Be(5);
        result.IsCompleted.Should().BeFalse();
        connection.Input.AdvanceTo(result.Buffer.End);
        await connection.Input.ReadAtLeastAsync(1).ShouldThrowAsync(_fault);
    }

    [Fact]
    public async Task ReadAtLeastAsync_throws_the_fault_when_the_bytes_will_never_be_enough_and_leaves_the_bytes()
    {
        Gate gate = new();
        await using PipeConnection connection = StreamConnection.Create(new ScriptedStream().Read("bytes").Wait(gate).ReadError(_fault));
        ValueTask<ReadResult> read = connection.Input.ReadAtLeastAsync(6);
        gate.Release();

        await read.ShouldThrowAsync(_fault);

        (await connection.Input.ReadTextAsync(5)).Should().Be("bytes");
        await connection.Input.ReadAsync().ShouldThrowAsync(_fault);
    }

    [Theory]
    [InlineData(typeof(ObjectDisposedException))]
    [InlineData(typeof(OperationCanceledException))]
    [InlineData(typeof(EndOfStreamException))]
    public async Task No_kind_of_fault_looks_like_the_end(Type type)
    {
        Exception fault = type == typeof(ObjectDisposedException) ? new ObjectDisposedException("the stream") : (Exception)Activator.CreateInstance(type)!;
        await using PipeConnection connection = StreamConnection.Create(new ScriptedStream().Read("bytes").ReadError(fault));

        (await connection.Input.ReadTextAsync(5)).Should().Be("bytes");

        await connection.ShouldHaveEndedWithAsync(fault, CloseReason.ReadFault);
    }

    [Fact]
    public async Task Dispose_and_abort_after_a_read_fault_change_nothing_and_throw_nothing()
    {
        PipeConnection connection = StreamConnection.Create(new ScriptedStream().ReadError(_fault));
        await connection.Completion.ShouldThrowAsync(_fault);

        connection.Abort(new InvalidDataException("too late"));
        await connection.ShouldHaveEndedWithAsync(_fault, CloseReason.ReadFault);
        await connection.DisposeAsync().Guarded();

        connection.CloseReason.Should().Be(CloseReason.ReadFault);
        await connection.Completion.ShouldThrowAsync(_fault);
    }
}
