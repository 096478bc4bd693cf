#if !LIBRARY_NETSTANDARD
using System.Net.Security;

namespace StreamPipes.Tests.Timeouts;

/// <summary><see cref="PipeConnectionOptions.HandshakeTimeout"/> in the same terms as the other limits.</summary>
public sealed class HandshakeTimeoutTests
{
    private static readonly TimeSpan Default = TimeSpan.FromSeconds(10);

    private readonly ManualTimeProvider _clock = new();
    private readonly ScriptedStream _stream = new();
    private readonly SslClientAuthenticationOptions _tls = TestCertificates.ClientOptions();

    [Fact]
    public async Task By_default_a_handshake_has_ten_seconds()
    {
        Task<PipeConnection> handshake = TlsConnection.AuthenticateAsClientAsync(_stream, _tls, new PipeConnectionOptions { TimeProvider = _clock });
        await _stream.GetCalledTask(StreamOperation.Read).Guarded();
        _clock.Advance(Default - TimedOutAssertions.Moment);
        handshake.IsCompleted.Should().BeFalse();

        _clock.Advance(TimedOutAssertions.Moment);

        (await Assert.ThrowsAsync<TimeoutException>(() => handshake.Guarded())).Message.Should().Contain(nameof(PipeConnectionOptions.HandshakeTimeout));
        _stream.IsDisposed.Should().BeTrue();
        _clock.ArmedTimers.Should().Be(0);
    }

    [Fact]
    public async Task Without_HandshakeTimeout_no_timer_is_armed()
    {
        PipeConnectionOptions options = new() { TimeProvider = _clock, HandshakeTimeout = Timeout.InfiniteTimeSpan };
        using CancellationTokenSource source = new();
        Task<PipeConnection> handshake = TlsConnection.AuthenticateAsClientAsync(_stream, _tls, options, source.Token);
        await _stream.GetCalledTask(StreamOperation.Read).Guarded();

        _clock.ArmedTimers.Should().Be(0);

        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => handshake.Guarded());
    }

    [Fact]
    public async Task A_handshake_in_good_time_leaves_no_timer()
    {
        await using StreamPair tcp = await StreamPairs.TcpAsync();
        PipeConnectionOptions options = new() { TimeProvider = _clock };
        Task<PipeConnection> serving = TlsConnection.AuthenticateAsServerAsync(tcp.Server, TestCertificates.ServerOptions(), options);
        PipeConnection client = await TlsConnection.AuthenticateAsClientAsync(tcp.Client, _tls, options).Guarded();
        PipeConnection server = await serving.Guarded();

        _clock.ArmedTimers.Should().Be(0);
        _clock.Advance(TimeSpan.FromDays(1));

        await PipeExtensions.ShouldTalkAsync(client, server);
        client.Abort();
        server.Abort();
    }
}
#endif
