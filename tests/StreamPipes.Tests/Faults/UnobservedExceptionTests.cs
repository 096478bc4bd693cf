using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace StreamPipes.Tests.Faults;

/// <summary>However a connection ends, and whoever looks or does not: no task is left faulted and unobserved.</summary>
[Collection(nameof(RunsAlone))]
public sealed class UnobservedExceptionTests
{
    [Fact]
    public async Task The_watch_sees_a_task_that_nobody_observes()
    {
        InvalidDataException planted = new("planted");

        IReadOnlyCollection<Exception> seen = await UnobservedExceptionWatch.CollectAsync(() =>
        {
            Plant(planted);
            return Task.CompletedTask;
        });

        seen.Should().Contain(exception => exception.InnerException == planted);
    }

    [Fact]
    public Task An_abort_while_nobody_looks_leaves_nothing_behind() => UnobservedExceptionWatch.AssertNoneAsync(async () =>
    {
        await using StreamPair tcp = await StreamPairs.TcpAsync();
        PipeConnection client = StreamConnection.Create(tcp.Client);
        PipeConnection server = StreamConnection.Create(tcp.Server);
        await PipeExtensions.ShouldTalkAsync(client, server);

        client.Abort(new InvalidDataException("nobody will see this"));

        await Task.WhenAny(client.Completion).Guarded();
        await Task.WhenAny(server.Completion).Guarded();
    });

    [Fact]
    public Task A_stream_that_fails_in_every_way_leaves_nothing_behind() => UnobservedExceptionWatch.AssertNoneAsync(async () =>
    {
        foreach (StreamOperation operation in Enum.GetValues<StreamOperation>())
        {
            ScriptedStream stream = new ScriptedStream().Fail(operation, new IOException($"{operation} fails"));
            PipeConnection connection = StreamConnection.Create(stream, new PipeConnectionOptions { UseZeroByteReads = true });
            connection.Output.Put("hello"u8);
            _ = stream.Read("data").Eof();

            await connection.DisposeAsync().Guarded();
        }
    });

    [Fact]
    public Task Two_streams_that_cannot_be_disposed_leave_nothing_behind() => UnobservedExceptionWatch.AssertNoneAsync(async () =>
    {
        ScriptedStream input = new ScriptedStream().Eof().Fail(StreamOperation.Dispose, new IOException("the input stays"));
        ScriptedStream output = new ScriptedStream().Fail(StreamOperation.Dispose, new IOException("the output stays"));
        PipeConnection connection = StreamConnection.Create(input, output);

        await connection.DisposeAsync().Guarded();
    });

    [Fact]
    public Task Completions_that_nobody_awaits_leave_nothing_behind() => UnobservedExceptionWatch.AssertNoneAsync(async () =>
    {
        ScriptedStream stream = new ScriptedStream().Fail(StreamOperation.Write, new IOException("no writing today"));
        PipeConnection connection = StreamConnection.Create(stream);
        connection.Output.Put("hello"u8);

        connection.Output.Complete();
        connection.Input.Complete();

        await Task.WhenAny(connection.Completion).Guarded();
    });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Plant(Exception exception) => _ = Task.FromException(exception);
}
