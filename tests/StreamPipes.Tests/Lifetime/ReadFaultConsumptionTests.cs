using System.IO.Pipelines;

namespace StreamPipes.Tests.Lifetime;

/// <summary>A read fault beside bytes that are consumed or examined in part.</summary>
public sealed class ReadFaultConsumptionTests
{
    private readonly InvalidDataException _fault = new("the stream broke");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Bytes_not_all_examined_are_given_again_before_the_read_fault(int examined)
    {
        await using PipeConnection connection = await FaultedAfterAsync("bytes");

        (await connection.Input.PeekTextAsync(examined)).Should().Be("bytes");
        (await connection.Input.PeekTextAsync(examined)).Should().Be("bytes");
        (await connection.Input.ReadTextAsync(5)).Should().Be("bytes");

        await connection.Input.ReadAsync().ShouldThrowAsync(_fault);
    }

    [Fact]
    public async Task A_reader_that_examined_everything_and_wants_more_gets_the_fault()
    {
        await using PipeConnection connection = await FaultedAfterAsync("half a message");

        (await connection.Input.PeekTextAsync(14)).Should().Be("half a message");

        await connection.Input.ReadAsync().ShouldThrowAsync(_fault);
        await connection.Input.ReadAsync().ShouldThrowAsync(_fault);
    }

    [Fact]
    public async Task A_reader_that_examined_everything_before_the_fault_gets_the_fault_when_it_waits_for_more()
    {
        Gate gate = new();
        await using PipeConnection connection = StreamConnection.Create(new ScriptedStream().Read("half a message").Wait(gate).ReadError(_fault));
        (await connection.Input.PeekTextAsync(14)).Should().Be("half a message");
        ValueTask<ReadResult> read = connection.Input.ReadAsync();
        gate.Release();

        Exception? thrown = await Thrown.ByAsync(async () =>
        {
            // The read may see the bytes once more, since the fault is news; then everything has been said.
            ReadResult result = await read.Guarded();
            result.IsCompleted.Should().BeFalse();
            result.Buffer.Length.Should().Be(14);
            connection.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            await connection.Input.ReadAsync().Guarded();
        });

        thrown.Should().BeSameAs(_fault);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 5)]
    [InlineData(4, 4)]
    [InlineData(4, 5)]
    public async Task A_part_of_the_bytes_before_a_read_fault_may_be_consumed(int consumed, int examined)
    {
        await using PipeConnection connection = await FaultedAfterAsync("bytes");
        ReadResult result = await connection.Input.ReadAsync().Guarded();

        connection.Input.AdvanceTo(result.Buffer.GetPosition(consumed), result.Buffer.GetPosition(examined));

        if (examined < 5) (await connection.Input.ReadTextAsync(5 - consumed)).Should().Be("bytes"[consumed..]);
        await connection.Input.ReadAsync().ShouldThrowAsync(_fault);
    }

    [Fact]
    public async Task A_read_that_wants_no_more_than_came_before_a_read_fault_gets_it_and_one_that_wants_more_gets_the_fault()
    {
        await using PipeConnection connection = await FaultedAfterAsync("bytes");

        await connection.Input.ReadAtLeastAsync(6).ShouldThrowAsync(_fault);
        ReadResult result = await connection.Input.ReadAtLeastAsync(5).Guarded();

        result.Buffer.Length.Should().Be(5, "a read that failed has taken nothing");
        result.IsCompleted.Should().BeFalse();
        connection.Input.AdvanceTo(result.Buffer.End);
        await connection.Input.ReadAtLeastAsync(1).ShouldThrowAsync(_fault);
    }

    [Fact]
    public async Task A_cancelled_read_beside_a_fault_is_neither_the_end_nor_the_fault_and_loses_nothing()
    {
        await using PipeConnection connection = await FaultedAfterAsync("bytes");
        connection.Input.CancelPendingRead();

        ReadResult result = await connection.Input.ReadAsync().Guarded();
        result.IsCanceled.Should().BeTrue();
        result.IsCompleted.Should().BeFalse();
        connection.Input.AdvanceTo(result.Buffer.Start);

        (await connection.Input.ReadTextAsync(5)).Should().Be("bytes");
        await connection.Input.ReadAsync().ShouldThrowAsync(_fault);
    }

    [Fact]
    public async Task The_input_can_be_completed_with_bytes_before_a_read_fault_unread()
    {
        await using PipeConnection connection = await FaultedAfterAsync("bytes");

        await connection.Input.CompleteAsync().Guarded();

        await Assert.ThrowsAsync<InvalidOperationException>(() => connection.Input.ReadAsync().Guarded());
    }

    private async Task<PipeConnection> FaultedAfterAsync(string bytes)
    {
        PipeConnection connection = StreamConnection.Create(new ScriptedStream().Read(bytes).ReadError(_fault));
        await connection.Completion.ShouldThrowAsync(_fault);
        return connection;
    }
}
