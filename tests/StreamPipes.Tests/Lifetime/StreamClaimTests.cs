using System.IO.Pipelines;

namespace StreamPipes.Tests.Lifetime;

/// <summary>One duplex stream bears one connection: the first of two that ends would end the stream for the other.</summary>
public sealed class StreamClaimTests
{
    [Fact]
    public async Task A_writer_over_a_stream_that_has_a_reader_is_refused_with_what_to_call_instead()
    {
        await using StreamPair pair = await StreamPairs.TcpAsync();
        PipeReader reader = StreamConnection.CreateReader(pair.Client);

        Action second = () => StreamConnection.CreateWriter(pair.Client);

        second.Should().Throw<InvalidOperationException>().WithMessage("*StreamConnection.Create(stream)*");
        await pair.Server.WriteAsync("still here"u8.ToArray()).Guarded();
        (await reader.ReadTextAsync(10)).Should().Be("still here");
        await reader.CompleteAsync().Guarded();
    }

    [Fact]
    public async Task A_stream_that_was_left_open_has_room_for_the_next()
    {
        await using StreamPair pair = await StreamPairs.TcpAsync();
        PipeConnectionOptions leaveOpen = new() { LeaveOpen = true };
        await StreamConnection.CreateWriter(pair.Client, leaveOpen).CompleteAsync().Guarded();

        PipeReader reader = StreamConnection.CreateReader(pair.Client, leaveOpen);

        await reader.CompleteAsync().Guarded();
        await StreamConnection.CreateWriter(pair.Client).CompleteAsync().Guarded();
    }

    [Fact]
    public async Task Two_readers_over_a_one_way_stream_are_the_callers_affair()
    {
        MemoryStream stream = new("bytes"u8.ToArray());
        PipeReader first = StreamConnection.CreateReader(stream, new PipeConnectionOptions { LeaveOpen = true });

        Action second = () => StreamConnection.CreateReader(stream).Complete();

        second.Should().NotThrow();
        await first.CompleteAsync().Guarded();
    }
}
