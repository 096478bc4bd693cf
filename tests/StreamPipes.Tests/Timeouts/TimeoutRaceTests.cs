using System.IO.Pipelines;
using System.Net.Sockets;
using StreamPipes.Tests.Sockets;

namespace StreamPipes.Tests.Timeouts;

/// <summary>Limits so short that they pass at any moment of a connection's life: it ends in order or by the limit, and nothing is left of it.</summary>
[Collection(nameof(RunsAlone))]
public sealed class TimeoutRaceTests
{
    [Theory]
    [InlineData(CloseStyle.Both)]
    [InlineData(CloseStyle.Client)]
    [InlineData(CloseStyle.Abort)]
    [InlineData(CloseStyle.HalfClose)]
    public async Task A_limit_that_expires_at_any_moment_leaves_nothing_behind(CloseStyle style)
    {
        CountingMemoryPool pool = new();
        await LiveAsync(style, pool, 1);
        int before = Descriptors.Sockets();

        await UnobservedExceptionWatch.AssertNoneAsync(() => LongRun.RepeatAsync(LongRun.Times(200), i => LiveAsync(style, pool, i)));

        Descriptors.Sockets().Should().BeLessThanOrEqualTo(before);
        pool.AssertClean();
    }

    private static async Task LiveAsync(CloseStyle style, CountingMemoryPool pool, int round)
    {
        TimeSpan limit = TimeSpan.FromMilliseconds(1 + (round % 3));
        PipeOptions pipe = new(pool, minimumSegmentSize: 4096, useSynchronizationContext: false);
        PipeConnectionOptions options = new() { ReceivePipeOptions = pipe, SendPipeOptions = pipe, IdleTimeout = limit, WriteTimeout = limit, CloseTimeout = limit };
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        PipeConnection near = SocketConnection.Create(client, options);
        PipeConnection far = SocketConnection.Create(server, options);

        await Task.WhenAll(TalkAsync(near, style, isClient: true), TalkAsync(far, style, isClient: false)).Guarded();

        foreach (PipeConnection connection in new[] { near, far })
        {
            Exception? thrown = await Thrown.ByAsync(() => connection.Completion.Guarded());
            thrown.Should().Match(e => e == null || e is TimeoutException || e is IOException || e is SocketException);
            (connection.CloseReason == CloseReason.TimedOut).Should().Be(thrown is TimeoutException, "the reason is {0} and the error {1}", connection.CloseReason, thrown);
        }
    }

    private static async Task TalkAsync(PipeConnection connection, CloseStyle style, bool isClient)
    {
        await Thrown.ByAsync(async () =>
        {
            for (int i = 0; i < 20; i++)
            {
                await connection.Output.WriteTextAsync("ping");
                await connection.Input.TakeAsync(4);
            }

            if (style == CloseStyle.HalfClose) await connection.Output.CompleteAsync().Guarded();
            else if (style == CloseStyle.Abort && isClient) connection.Abort();
            if (style == CloseStyle.HalfClose || (style == CloseStyle.Client && !isClient)) await connection.Input.TakeAllAsync();
        });
        await connection.DisposeAsync().Guarded();
    }
}
