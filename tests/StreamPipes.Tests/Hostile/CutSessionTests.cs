#if !LIBRARY_NETSTANDARD
using System.Net.Sockets;
using System.Security.Authentication;

namespace StreamPipes.Tests.Hostile;

/// <summary>A TLS session that breaks off at each of its bytes, by FIN and by RST, for a client and for a server.</summary>
public sealed class CutSessionTests
{
    // A session that breaks off behind the handshake, and one behind each of the messages, are always among the judged.
    private static readonly int Boundaries = 1 + TamperedSession.Sizes.Count;

    public static MatrixTheoryData<SslProtocols, bool> Roles => new([SslProtocols.Tls12, SslProtocols.Tls13], [true, false]);

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task FIN_is_the_end_between_two_TLS_records_and_an_error_within_one(SslProtocols protocol, bool isClient)
    {
        int ends = 0;
        int errors = 0;
        foreach (TamperedSession session in await CutAsync(protocol, isClient, Cut.Fin))
        {
            ShouldBeAPrefix(session);
            if (session.HandshakeFailed) continue;
            session.ReadTheEnd.Should().Be(session.EndedAtRecordBoundary, "{0}", session);
            if (session.ReadTheEnd)
            {
                ends++;
            }
            else
            {
                session.Error.Should().BeAssignableTo<IOException>("{0}", session);
                session.CloseReason.Should().Be(CloseReason.ReadFault, "{0}", session);
                errors++;
            }
        }

        ends.Should().BeGreaterThanOrEqualTo(Boundaries);
        errors.Should().BeGreaterThanOrEqualTo(2 * Boundaries, "there is a byte on each side of these, and of the end");
    }

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task After_a_FIN_the_other_direction_continues(SslProtocols protocol, bool isClient)
    {
        int judged = 0;
        foreach (TamperedSession session in await CutAsync(protocol, isClient, Cut.Fin))
        {
            if (!session.ReadTheEnd) continue;
            session.Error.Should().BeNull("{0}", session);
            session.CloseReason.Should().Be(CloseReason.Truncated, "{0}", session);
            session.ReceivedByPeer.Should().Equal("still here"u8.ToArray(), "{0}", session);
            judged++;
        }

        judged.Should().BeGreaterThanOrEqualTo(Boundaries);
    }

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task RST_is_an_error_at_every_byte_of_a_TLS_session(SslProtocols protocol, bool isClient)
    {
        int judged = 0;
        foreach (TamperedSession session in await CutAsync(protocol, isClient, Cut.Reset))
        {
            ShouldBeAPrefix(session);
            session.ReadTheEnd.Should().BeFalse("{0}", session);
            session.Error.Should().Match(error => error is IOException || error is SocketException || error is AuthenticationException, "{0}", session);
            if (session.HandshakeFailed) continue;
            session.CloseReason.Should().BeOneOf([CloseReason.ReadFault, CloseReason.WriteFault], "{0}", session);
            judged++;
        }

        // In the other roles the peer's messages do not wait for the last of the library's handshake, which the reset may be in time for.
        if (isClient == protocol is SslProtocols.Tls13) judged.Should().BeGreaterThanOrEqualTo(2 * Boundaries);
    }

    private static Task<IReadOnlyCollection<TamperedSession>> CutAsync(SslProtocols protocol, bool isClient, Cut cut) =>
        EveryOffset.RunAsync(protocol, isClient, place => new Tampering { CutAt = place, Cut = cut });

    private static void ShouldBeAPrefix(TamperedSession session)
    {
        session.CutAt.Should().Be(session.Forwarded, "else nothing was cut");
        session.Received.Should().Equal(TamperedSession.Messages[..session.Received.Length], "{0}", session);
    }
}
#endif
