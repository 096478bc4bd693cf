#if !LIBRARY_NETSTANDARD
using System.IO.Pipelines;
using System.Security.Authentication;
using StreamPipes.Tests.Sockets;

namespace StreamPipes.Tests.Hostile;

/// <summary>Sessions that were broken leave nothing: no block, no socket, no timer, no task whose error nobody looked at.</summary>
[Collection(nameof(RunsAlone))]
public sealed class HostileLeakTests
{
    private static readonly int Rounds = LongRun.IsOn ? 5000 : 200;

    public static TheoryData<string> Kinds => ["FIN", "RST", "a turned bit"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Broken_TLS_sessions_leave_nothing_behind(string kind)
    {
        CountingMemoryPool pool = new();
        WatchedTimeProvider clock = new();
        PipeOptions pipe = new(pool, minimumSegmentSize: 4096, useSynchronizationContext: false);

        // A bit in the length of a record leaves both sides waiting: there the limits have to pass.
        TimeSpan limit = kind is "a turned bit" ? TimeSpan.FromMilliseconds(500) : TimeSpan.FromHours(1);
        PipeConnectionOptions options = new()
        {
            ReceivePipeOptions = pipe,
            SendPipeOptions = pipe,
            TimeProvider = clock,
            HandshakeTimeout = limit,
            IdleTimeout = limit,
            WriteTimeout = limit,
        };
        long forClient = await MeasureAsync(isClient: true);
        long forServer = await MeasureAsync(isClient: false);
        await BreakAsync(0);
        int before = Descriptors.Sockets();

        await UnobservedExceptionWatch.AssertNoneAsync(() => LongRun.RepeatAsync(Rounds, BreakAsync));

        Descriptors.Sockets().Should().BeLessThanOrEqualTo(before);
        clock.CreatedTimers.Should().BeGreaterThan(Rounds, "each session has a limit for its handshake");
        clock.ArmedTimers.Should().Be(0);
        pool.AssertClean();

        async Task BreakAsync(int round)
        {
            Random random = Payload.NewRandom(round);
            bool isClient = random.Next(2) == 0;
            Place place = Place.At(random.NextInt64(isClient ? forClient : forServer));
            TamperedSession session = await TamperedSession.RunAsync(SslProtocols.Tls13, isClient, TamperingOf(kind, place), options);
            if (session.CutAt is { } cut) session.Forwarded.Should().Be(cut, "else nothing was cut: {0}", session);
        }
    }

    private static Tampering TamperingOf(string kind, Place place) => kind switch
    {
        "FIN" => new Tampering { CutAt = place, Cut = Cut.Fin },
        "RST" => new Tampering { CutAt = place, Cut = Cut.Reset },
        _ => new Tampering { FlipAt = place },
    };

    /// <summary>How many bytes each session has: signatures differ in length by one or two.</summary>
    private static async Task<long> MeasureAsync(bool isClient) => (await TamperedSession.RunAsync(SslProtocols.Tls13, isClient, Tampering.None)).Forwarded - 8;
}
#endif
