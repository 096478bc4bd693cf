using System.Buffers;
using System.IO.Pipelines;

namespace StreamPipes.Tests.Errors;

/// <summary>
/// The border of <see cref="PipeConnection"/>: in whichever way a connection ends, every call throws the one exception object, with the stack trace that it had
/// when it was caught, and a thousand throws do not make that longer.
/// </summary>
public sealed class ConnectionErrorTests
{
    private const int Throws = 1000;

    // Without guards, which would take longer than the calls: who calls them again and again guards all of it.
    private static readonly Dictionary<string, Func<PipeConnection, Task>> Calls = new(StringComparer.Ordinal)
    {
        ["Input.ReadAsync"] = async connection => await connection.Input.ReadAsync(),
        ["Input.TryRead"] = connection => Now(() => connection.Input.TryRead(out _)),
        ["Input.ReadAtLeastAsync"] = async connection => await connection.Input.ReadAtLeastAsync(1),
        ["Input.CopyToAsync"] = connection => connection.Input.CopyToAsync(Stream.Null),
        ["Input.AsStream"] = async connection => _ = await connection.Input.AsStream(leaveOpen: true).ReadAsync(new byte[1]),
        ["Output.FlushAsync"] = async connection => await connection.Output.FlushAsync(),
        ["Output.WriteAsync"] = async connection => await connection.Output.WriteAsync(new byte[1]),
        ["Output.AsStream"] = async connection => await connection.Output.AsStream(leaveOpen: true).WriteAsync(new byte[1]),
        ["Output.CompleteAsync"] = async connection => await connection.Output.CompleteAsync(),
        ["Completion"] = connection => connection.Completion,
        ["DetachAsync"] = async connection => await connection.DetachAsync(),
        ["AsStream, ReadAsync"] = async connection => _ = await connection.AsStream(leaveOpen: true).ReadAsync(new byte[1]),
        ["AsStream, WriteAsync"] = async connection => await connection.AsStream(leaveOpen: true).WriteAsync(new byte[1]),
        ["AsStream, Write"] = connection => Now(() => connection.AsStream(leaveOpen: true).Write(new byte[1])),
        ["AsStream, FlushAsync"] = connection => connection.AsStream(leaveOpen: true).FlushAsync(),
    };

    public static TheoryData<string, string> Cases => new(EndedConnection.Endings.Keys.SelectMany(ending => Calls.Keys.Select(call => (ending, call))));

    public static TheoryData<string> Endings => new(EndedConnection.Endings.Keys);

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task After_the_end_every_call_throws_the_one_exception_with_its_own_stack_trace_which_does_not_grow(string ending, string call)
    {
        await using EndedConnection ended = await EndedConnection.Endings[ending]();
        await ended.EndAsync();

        (int lengthOfFirst, int lengthOfLast) = await ThrowOftenAsync(ended, call).Guarded();

        lengthOfLast.Should().BeLessThan(2 * lengthOfFirst);
        if (ended.Origin is not null) ended.Error.StackTrace.Should().Contain(ended.Origin);
    }

    [Theory]
    [MemberData(nameof(Endings))]
    public async Task A_read_and_a_flush_that_wait_throw_the_one_exception_with_its_own_stack_trace(string ending)
    {
        await using EndedConnection ended = await EndedConnection.Endings[ending]();
        Task<ReadResult> read = ended.Connection.Input.ReadAsync().AsTask();
        Task<FlushResult>? flush = ending is "a read fault" or "an abort without one" ? ended.Connection.Output.WriteAsync(new byte[1]).AsTask() : null;

        await ended.EndAsync();

        await ShouldThrowAsync(read, ended);
        if (flush is not null) await ShouldThrowAsync(flush, ended);
    }

    [Theory]
    [MemberData(nameof(Endings))]
    public async Task Completion_has_the_stack_trace_of_the_error_itself_also_before_anything_was_thrown(string ending)
    {
        await using EndedConnection ended = await EndedConnection.Endings[ending]();

        await ended.EndAsync();

        if (ended.Origin is not null) ended.Error.StackTrace.Should().Contain(ended.Origin);
    }

    [Fact]
    public async Task Exceptions_thrown_on_two_threads_at_a_time_keep_their_own_stack_trace_and_do_not_grow()
    {
        await using EndedConnection ended = await EndedConnection.Endings["a read fault"]();
        await ended.EndAsync();
        int length = (await Thrown.SurelyByAsync(() => Calls["Input.ReadAsync"](ended.Connection))).StackTrace!.Length;

        await Task.WhenAll(
            Task.Run(() => ThrowOftenAsync(ended, "Input.ReadAsync")),
            Task.Run(() => ThrowOftenAsync(ended, "Output.FlushAsync")),
            Task.Run(() => ThrowOftenAsync(ended, "Completion"))).Guarded();

        Exception last = await Thrown.SurelyByAsync(() => Calls["Input.ReadAsync"](ended.Connection));
        last.StackTrace.Should().Contain(ended.Origin);
        last.StackTrace!.Length.Should().BeLessThan(5 * length);
    }

    [Fact]
    public async Task The_error_of_a_close_that_takes_too_long_is_the_same_for_all_and_does_not_grow()
    {
        PipeConnectionOptions options = new() { CloseTimeout = TimeSpan.Zero };
        PipeConnection connection = StreamConnection.Create(new ScriptedStream().Hold(StreamOperation.Write), options);
        connection.Output.Put(new byte[1]);
        await connection.DisposeAsync().Guarded();
        Exception error = connection.Completion.Exception!.InnerException!;
        int lengthOfFirst = (await Thrown.SurelyByAsync(() => connection.Completion.Guarded())).StackTrace!.Length;

        for (int i = 0; i < Throws / 10; i++)
        {
            (await Thrown.SurelyByAsync(() => connection.Output.CompleteAsync().Guarded())).Should().BeSameAs(error);
            (await Thrown.SurelyByAsync(() => connection.Completion.Guarded())).Should().BeSameAs(error);
        }

        error.Should().BeOfType<TimeoutException>().Which.StackTrace!.Length.Should().BeLessThan(2 * lengthOfFirst);
    }

    private static async Task<(int First, int Last)> ThrowOftenAsync(EndedConnection ended, string call)
    {
        int first = 0;
        int last = 0;
        for (int i = 0; i < Throws; i++)
        {
            Exception thrown = OwnOf(await Thrown.SurelyByAsync(() => Calls[call](ended.Connection)), ended.Error);
            Assert.Same(ended.Error, thrown);

            // Only these two, since to write a stack trace down takes longer than the throw.
            if (i == 0) first = thrown.StackTrace!.Length;
            if (i == Throws - 1) last = thrown.StackTrace!.Length;
        }

        return (first, last);
    }

    private static async Task ShouldThrowAsync(Task task, EndedConnection ended)
    {
        Exception thrown = await Thrown.SurelyByAsync(() => task.Guarded());
        thrown.Should().BeSameAs(ended.Error);
        if (ended.Origin is not null) thrown.StackTrace.Should().Contain(ended.Origin);
    }

    /// <summary>A stream throws an <see cref="IOException"/>, with the connection's error inside where that is another.</summary>
    private static Exception OwnOf(Exception thrown, Exception error) =>
        thrown is IOException && !ReferenceEquals(thrown, error) ? thrown.InnerException! : thrown;

    private static Task Now(Action call)
    {
        call();
        return Task.CompletedTask;
    }
}
