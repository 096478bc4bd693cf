#if !LIBRARY_NETSTANDARD
using System.IO.Pipelines;
using System.Security.Authentication;
using StreamPipes.Tests.Lifetime;
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
    public async Task Broken_sessions_leave_nothing_behind(string kind)
    {
        CountingMemoryPool pool = new();
        ManualTimeProvider clock = new();
        PipeOptions pipe = new(pool, minimumSegmentSize: 4096, useSynchronizationContext: false);

        // A bit in the length of a record leaves both sides waiting: there the limits have to pass.
        bool needsLimits = kind is "a turned bit";
        TimeSpan limit = needsLimits ? TimeSpan.FromMilliseconds(500) : TimeSpan.FromHours(1);
        PipeConnectionOptions options = new()
        {
            ReceivePipeOptions = pipe,
            SendPipeOptions = pipe,
            TimeProvider = needsLimits ? null : clock,
            HandshakeTimeout = limit,
            IdleTimeout = limit,
            WriteTimeout = limit,
        };
        await BreakAsync(kind, 0, options);
        int before = Descriptors.Sockets();

        await UnobservedExceptionWatch.AssertNoneAsync(() => LongRun.RepeatAsync(Rounds, i => BreakAsync(kind, i, options)));

        Descriptors.Sockets().Should().BeLessThanOrEqualTo(before);
        clock.ArmedTimers.Should().Be(0);
        pool.AssertClean();
    }

    private static Task<TamperedSession> BreakAsync(string kind, int round, PipeConnectionOptions options)
    {
        Random random = Payload.NewRandom(round);
        bool isClient = random.Next(2) == 0;
        Tampering tampering = kind switch
        {
            "FIN" => new Tampering { CutAt = random.Next(1300), Cut = Cut.Fin },
            "RST" => new Tampering { CutAt = random.Next(1300), Cut = Cut.Reset },
            _ => new Tampering { FlipAt = random.Next(1300) },
        };
        return TamperedSession.RunAsync(SslProtocols.Tls13, isClient, tampering, options);
    }
}
#endif
