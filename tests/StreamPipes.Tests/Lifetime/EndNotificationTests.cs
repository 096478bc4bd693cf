using System.IO.Pipelines;

namespace StreamPipes.Tests.Lifetime;

/// <summary><c>PipeReader.OnWriterCompleted</c> of a connection's input: a server learns that a client has left although it is not reading.</summary>
public sealed class EndNotificationTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_end_of_the_stream_is_reported_although_nothing_is_read(bool registersBefore)
    {
        Gate end = new();
        ScriptedStream stream = new ScriptedStream().Read("unread").Wait(end).Eof();
        await using PipeConnection connection = StreamConnection.Create(stream);
        Task<Exception?> reported = registersBefore ? Reported(connection.Input) : Task.FromResult<Exception?>(null);
        end.Release();
        if (!registersBefore) reported = Reported(connection.Input);
        (await reported.Guarded()).Should().BeNull();
        (await connection.Input.ReadTextAsync(6)).Should().Be("unread");
        await connection.Input.ShouldEndAsync();
    }

    [Fact]
    public async Task A_fault_is_reported_with_the_exception_of_the_stream()
    {
        IOException fault = new("reset");
        await using PipeConnection connection = StreamConnection.Create(new ScriptedStream().ReadError(fault));
        (await Reported(connection.Input).Guarded()).Should().BeSameAs(fault);
    }

    [Fact]
    public async Task A_read_that_this_side_stops_is_no_end_to_report()
    {
        await using PipeConnection connection = StreamConnection.Create(new ScriptedStream());
        Task<Exception?> reported = Reported(connection.Input);
        await connection.DisposeAsync().Guarded();
        await connection.Completion.Guarded();
        reported.IsCompleted.Should().BeFalse();
    }

    [Fact]
    public async Task The_report_of_an_end_needs_no_context()
    {
        Gate end = new();
        await using PipeConnection connection = StreamConnection.Create(new ScriptedStream().Wait(end).Eof());
        Task<Exception?> reported = FrozenContext.Run(() => Reported(connection.Input));

        end.Release();

        (await reported.Guarded()).Should().BeNull();
    }

    private static Task<Exception?> Reported(PipeReader reader)
    {
        TaskCompletionSource<Exception?> reported = new(TaskCreationOptions.RunContinuationsAsynchronously);
#pragma warning disable CS0618 // Not every reader calls back. This one does.
        reader.OnWriterCompleted((exception, state) => ((TaskCompletionSource<Exception?>)state!).TrySetResult(exception), reported);
#pragma warning restore CS0618
        return reported.Task;
    }
}
