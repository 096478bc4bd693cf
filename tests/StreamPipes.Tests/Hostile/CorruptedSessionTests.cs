#if !LIBRARY_NETSTANDARD
using System.Security.Authentication;
using System.Security.Cryptography;

namespace StreamPipes.Tests.Hostile;

/// <summary>Bits turned over on the way, records that lie about their length, and bytes where none should be.</summary>
public sealed class CorruptedSessionTests
{
    // A record that claims to be longer than it is leaves both sides waiting for the other: what the time limits are for.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    public static MatrixTheoryData<SslProtocols, bool> Roles => CutSessionTests.Roles;

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task A_turned_bit_is_never_delivered_and_never_an_orderly_end(SslProtocols protocol, bool isClient)
    {
        int errors = 0;
        foreach (TamperedSession session in await FlipAsync(protocol, isClient))
        {
            session.Received.Should().Equal(TamperedSession.Messages[..session.Received.Length], "{0}", session);

            // A few bits mean nothing: the version in the header of a record. Then all is as if nothing had happened.
            if (session.ReadTheEnd)
            {
                session.Received.Should().Equal(TamperedSession.Messages, "{0}", session);
            }
            else
            {
                session.Error.Should().Match(error => error is IOException || error is AuthenticationException || error is TimeoutException, "{0}", session);
                if (!session.HandshakeFailed) errors++;
            }
        }

        errors.Should().BeGreaterThanOrEqualTo(2 * TamperedSession.Sizes.Count, "the first byte of each message's record and its last are among the turned");
    }

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task Bytes_that_follow_close_notify_are_not_delivered(SslProtocols protocol, bool isClient)
    {
        byte[] recordHeader = [0x17, 3, 3, 0, 32];
        foreach (byte[] appended in new[] { "GET / HTTP/1.1\r\n\r\n"u8.ToArray(), [.. recordHeader, .. RandomNumberGenerator.GetBytes(32)], [0], Payload.Seeded(100_000) })
        {
            TamperedSession session = await TamperedSession.RunAsync(protocol, isClient, new Tampering { Appended = appended });

            session.ReadTheEnd.Should().BeTrue(session.ToString());
            session.Received.Should().Equal(TamperedSession.Messages);
            session.ReceivedByPeer.Should().Equal("still here"u8.ToArray(), session.ToString());
        }
    }

    [Theory]
    [InlineData(0xFFFF)]
    [InlineData(0x4901)]
    [InlineData(0)]
    public async Task A_record_of_an_impossible_length_is_refused(int length)
    {
        byte[] record = [0x17, 3, 3, (byte)(length >> 8), (byte)length, .. Payload.Seeded(length)];

        foreach (SslProtocols protocol in new[] { SslProtocols.Tls12, SslProtocols.Tls13 })
        {
            Exception? error = await OneSidedSession.AfterHandshakeAsync(protocol, record);
            error.Should().BeAssignableTo<IOException>("{0}", protocol);
        }
    }

    private static Task<IReadOnlyCollection<TamperedSession>> FlipAsync(SslProtocols protocol, bool isClient) => EveryOffset.RunAsync(
        protocol,
        isClient,
        place => new Tampering { FlipAt = place, FlipMask = (byte)(1 << (int)(place.Offset & 7)) },
        new PipeConnectionOptions { HandshakeTimeout = Patience, IdleTimeout = Patience });
}
#endif
