#if !LIBRARY_NETSTANDARD
using System.Security.Authentication;

namespace StreamPipes.Tests.Hostile;

/// <summary>A TLS session that breaks off at each of its bytes, by FIN and by RST, for a client and for a server.</summary>
public sealed class CutSessionTests
{
    public static MatrixTheoryData<SslProtocols, bool> Roles => new([SslProtocols.Tls12, SslProtocols.Tls13], [true, false]);

    [Theory]
    [MemberData(nameof(Roles))]
    public Task FIN_is_an_end_between_two_records_and_an_error_within_one(SslProtocols protocol, bool isClient) => EveryOffset.RunAsync(
        protocol,
        isClient,
        offset => new Tampering { CutAt = offset, Cut = Cut.Fin },
        (session, offset) =>
        {
            ShouldBeAPrefix(session, offset);
            if (session.HandshakeFailed) return;
            session.ReadTheEnd.Should().Be(session.EndedAtRecordBoundary, "cut at {0}: {1}", offset, session);
            if (!session.ReadTheEnd)
            {
                session.Error.Should().BeAssignableTo<IOException>();
                session.CloseReason.Should().Be(CloseReason.ReadFault);
            }
        });

    [Theory]
    [MemberData(nameof(Roles))]
    public Task After_a_FIN_the_other_direction_goes_on(SslProtocols protocol, bool isClient) => EveryOffset.RunAsync(
        protocol,
        isClient,
        offset => new Tampering { CutAt = offset, Cut = Cut.Fin },
        (session, offset) =>
        {
            if (!session.ReadTheEnd) return;
            session.Error.Should().BeNull("cut at {0}: {1}", offset, session);
            session.CloseReason.Should().Be(CloseReason.RemoteClose);
            session.ReceivedByPeer.Should().Equal("still here"u8.ToArray(), "cut at {0}: {1}", offset, session);
        });

    [Theory]
    [MemberData(nameof(Roles))]
    public Task RST_is_an_error_at_every_byte(SslProtocols protocol, bool isClient) => EveryOffset.RunAsync(
        protocol,
        isClient,
        offset => new Tampering { CutAt = offset, Cut = Cut.Reset },
        (session, offset) =>
        {
            ShouldBeAPrefix(session, offset);
            session.ReadTheEnd.Should().BeFalse("cut at {0}: {1}", offset, session);
            session.Error.Should().NotBeNull();
            if (!session.HandshakeFailed) session.CloseReason.Should().BeOneOf(CloseReason.ReadFault, CloseReason.WriteFault);
        });

    private static void ShouldBeAPrefix(TamperedSession session, long offset)
    {
        session.Forwarded.Should().Be(offset, "else nothing was cut");
        session.Received.Should().Equal(TamperedSession.Messages[..session.Received.Length]);
    }
}
#endif
