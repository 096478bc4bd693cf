#if !LIBRARY_NETSTANDARD
using System.Net.Security;
using System.Security.Authentication;

namespace StreamPipes.Tests.Hostile;

/// <summary>A peer that falls silent in the middle of the handshake: between two flights, and at many bytes within them.</summary>
public sealed class StalledHandshakeTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);
    private static readonly int Step = LongRun.IsOn ? 1 : 41;

    [Theory]
    [InlineData(SslProtocols.Tls12, true)]
    [InlineData(SslProtocols.Tls12, false)]
    [InlineData(SslProtocols.Tls13, true)]
    [InlineData(SslProtocols.Tls13, false)]
    public async Task HandshakeTimeout_ends_a_handshake_wherever_it_stalls(SslProtocols protocol, bool isClient)
    {
        long[] flights = await MeasureAsync(protocol, isClient);
        flights.Should().HaveCountGreaterThan(1);

        // A byte before the end is left out at the least: signatures differ in length by one or two.
        long last = flights[^1] - 8;
        long[] limits = [0, 1, 5, .. flights.Where(flight => flight < last), .. Enumerable.Range(0, (int)last).Where(i => i % Step == 0).Select(i => (long)i)];
        foreach (long limit in limits) await StallAsync(protocol, isClient, limit);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_byte_now_and_then_does_not_prolong_a_handshake(bool isClient)
    {
        ManualTimeProvider clock = new();
        (MemoryDuplexStream near, MemoryDuplexStream peer) = MemoryDuplexStream.CreatePair();
        Task<PipeConnection> handshake = HandshakeAsync(near, SslProtocols.Tls13, isClient, clock);
        await clock.WaitForTimersAsync(1).Guarded();

        // The header of a record, and the first bytes of a long message: legal so far, whoever reads it.
        byte[] slow = [0x16, 3, 3, 0x10, 0, (byte)(isClient ? 2 : 1), 0, 0x0F, 0xFC, 3, 3];
        foreach (byte value in slow)
        {
            handshake.IsCompleted.Should().BeFalse();
            await peer.WriteAsync(new[] { value }).Guarded();
            clock.Advance((Limit - Moment) / slow.Length);
        }

        clock.WaitForTimerWithinAsync(Moment + Moment).IsCompleted.Should().BeTrue("it is yet to end");
        clock.Advance(Moment + Moment);
        await Assert.ThrowsAsync<TimeoutException>(() => handshake.Guarded());
        clock.ArmedTimers.Should().Be(0);
    }

    private static async Task StallAsync(SslProtocols protocol, bool isClient, long limit)
    {
        ManualTimeProvider clock = new();
        (MemoryDuplexStream near, MemoryDuplexStream peer) = MemoryDuplexStream.CreatePair();
        StallingStream stalling = new(near, limit);
        Task honest = PeerAsync(peer, protocol, isClient);
        Task<PipeConnection> handshake = HandshakeAsync(stalling, protocol, isClient, clock);
        await stalling.Stalled.Guarded();
        clock.Advance(Limit - Moment);
        clock.WaitForTimerWithinAsync(Moment).IsCompleted.Should().BeTrue("it is yet to end, stalled at {0}", limit);
        handshake.IsCompleted.Should().BeFalse("stalled at {0}", limit);

        clock.Advance(Moment);

        await Assert.ThrowsAsync<TimeoutException>(() => handshake.Guarded());
        stalling.IsDisposed.Should().BeTrue();
        clock.ArmedTimers.Should().Be(0);
        await honest.Guarded();
    }

    /// <summary>A handshake without a connection, whose pump would go on to read what follows it: the tickets of TLS 1.3.</summary>
    private static async Task<long[]> MeasureAsync(SslProtocols protocol, bool isClient)
    {
        (MemoryDuplexStream near, MemoryDuplexStream peer) = MemoryDuplexStream.CreatePair();
        StallingStream whole = new(near, long.MaxValue);
        Task honest = PeerAsync(peer, protocol, isClient);
        SslStream tls = new(whole);
        SslClientAuthenticationOptions client = TestCertificates.ClientOptions(protocol);
        client.AllowTlsResume = false;
        await (isClient ? tls.AuthenticateAsClientAsync(client) : tls.AuthenticateAsServerAsync(TestCertificates.ServerOptions(protocol))).Guarded();
        long[] flights = [.. whole.Flights];
        await tls.DisposeAsync().Guarded();
        await honest.Guarded();
        return flights;
    }

    private static Task<PipeConnection> HandshakeAsync(Stream stream, SslProtocols protocol, bool isClient, ManualTimeProvider clock)
    {
        PipeConnectionOptions options = new() { HandshakeTimeout = Limit, TimeProvider = clock };
        SslClientAuthenticationOptions client = TestCertificates.ClientOptions(protocol);
        client.AllowTlsResume = false;
        return isClient
            ? TlsConnection.AuthenticateAsClientAsync(stream, client, options)
            : TlsConnection.AuthenticateAsServerAsync(stream, TestCertificates.ServerOptions(protocol), options);
    }

    private static async Task PeerAsync(Stream stream, SslProtocols protocol, bool isServer)
    {
        SslStream tls = new(stream);
        try
        {
            SslClientAuthenticationOptions client = TestCertificates.ClientOptions(protocol);
            client.AllowTlsResume = false;
            await (isServer ? tls.AuthenticateAsServerAsync(TestCertificates.ServerOptions(protocol)) : tls.AuthenticateAsClientAsync(client));
            await tls.CopyToAsync(Stream.Null);
        }
        catch (Exception e) when (e is IOException or AuthenticationException or ObjectDisposedException)
        {
            // The other side gave up, as it should.
        }
        finally
        {
            await stream.DisposeAsync();
        }
    }
}
#endif
