using System.IO.Pipelines;
using System.Net.Sockets;

namespace StreamPipes.Tests.Sockets;

/// <summary>
/// Connect, exchange, close, again and again: descriptors, blocks and timers are back where they began. A few hundred rounds in the normal
/// run, 10,000 in the long one.
/// </summary>
[Collection(nameof(RunsAlone))]
public sealed class CycleTests
{
    private const int Message = 1000;
    private const int WarmUp = 20;
    private static readonly int Rounds = LongRun.IsOn ? 10_000 : 300;

    public static MatrixTheoryData<string, CloseStyle> Cycles => new(["IPv4", "Unix"], Enum.GetValues<CloseStyle>());

    [Theory]
    [MemberData(nameof(Cycles))]
    public async Task Sockets_opened_and_closed_leave_nothing_behind(string family, CloseStyle style)
    {
        CountingMemoryPool pool = new();
        ManualTimeProvider clock = new();
        PipeOptions pipe = new(pool, minimumSegmentSize: 4096, useSynchronizationContext: false);
        PipeConnectionOptions options = new()
        {
            ReceivePipeOptions = pipe,
            SendPipeOptions = pipe,
#if !LIBRARY_NETSTANDARD
            TimeProvider = clock,
#endif
            IdleTimeout = TimeSpan.FromHours(1),
            WriteTimeout = TimeSpan.FromHours(1),
        };
        using LoopbackListener listener = LoopbackListener.Of(family);
        await LongRun.RepeatAsync(WarmUp, _ => LiveAsync(listener, options, style));
        int before = Descriptors.Sockets();

        await LongRun.RepeatAsync(Rounds, _ => LiveAsync(listener, options, style));

        Descriptors.Sockets().Should().BeLessThanOrEqualTo(before);
        clock.ArmedTimers.Should().Be(0);
        pool.AssertClean();
    }

    [Theory]
    [MemberData(nameof(Cycles))]
    public async Task Sockets_opened_and_closed_leave_no_unobserved_exception(string family, CloseStyle style)
    {
        using LoopbackListener listener = LoopbackListener.Of(family);
        await UnobservedExceptionWatch.AssertNoneAsync(() => LongRun.RepeatAsync(Rounds, _ => LiveAsync(listener, new PipeConnectionOptions(), style)));
    }

    private static async Task LiveAsync(LoopbackListener listener, PipeConnectionOptions options, CloseStyle style)
    {
        Task<Socket> accepting = listener.AcceptAsync();
        PipeConnection client = await SocketConnection.ConnectAsync(listener.EndPoint, options).Guarded();
        PipeConnection server = SocketConnection.Create(await accepting.Guarded(), options);

        // Rounds beside each other may have accepted each other's: every connection says the same, and answers the same.
        await Task.WhenAll(TalkAsync(client, style, isClient: true), TalkAsync(server, style, isClient: false));
    }

    private static async Task TalkAsync(PipeConnection connection, CloseStyle style, bool isClient)
    {
        await connection.Output.WriteAsync(new byte[Message]).Guarded();
        if (style == CloseStyle.HalfClose)
        {
            await connection.Output.CompleteAsync().Guarded();
            (await connection.Input.TakeAllAsync()).Should().HaveCount(Message);
        }
        else if (style == CloseStyle.Abort && !isClient)
        {
            // A reset may overtake the bytes before it.
            await Thrown.ByAsync(() => connection.Input.TakeAllAsync());
        }
        else
        {
            await connection.Input.TakeAsync(Message);
            if (style == CloseStyle.Abort) connection.Abort();
            else if (style == (isClient ? CloseStyle.Server : CloseStyle.Client)) await connection.Input.ShouldEndAsync();
        }

        await connection.DisposeAsync().Guarded();
        if (style != CloseStyle.Abort) await connection.Completion.Guarded();
    }
}
