#if !LIBRARY_NETSTANDARD
using System.Net;
using System.Net.Sockets;
using StreamPipes.Dialing;

namespace StreamPipes.Tests.Dialing;

/// <summary>The addresses of a name, raced on a clock that a test moves.</summary>
public sealed class AddressRaceTests
{
    private const string First = "10.0.0.1";
    private const string Second = "10.0.0.2";
    private const string Third = "10.0.0.3";

    private static readonly TimeSpan Stagger = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Moment = TimeSpan.FromTicks(1);

    private readonly ManualTimeProvider _clock = new();
    private readonly ScriptedConnector _network = new() { Addresses = [IPAddress.Parse(First), IPAddress.Parse(Second), IPAddress.Parse(Third)] };

    [Fact]
    public async Task An_address_that_does_not_answer_has_company_after_250_milliseconds()
    {
        Task<Socket> dial = Dialed();
        await _network.NextAsync().Guarded();
        await _clock.WaitForTimersAsync(2).Guarded();

        _clock.Advance(Stagger - Moment);
        _network.Tried.Should().HaveCount(1);
        _clock.Advance(Moment);
        await _network.NextAsync().Guarded();

        _network.Tried.Select(address => address.ToString()).Should().Equal(First, Second);
        Socket socket = _network.Answer(Second);
        (await dial.Guarded()).Should().BeSameAs(socket);
        socket.Dispose();
        _clock.ArmedTimers.Should().Be(0);
    }

    [Fact]
    public async Task An_address_that_fails_has_its_successor_at_once()
    {
        Task<Socket> dial = Dialed();
        await _network.NextAsync().Guarded();

        _network.Fail(First, new SocketException((int)SocketError.NetworkUnreachable));

        await _network.NextAsync().Guarded();
        using Socket socket = _network.Answer(Second);
        (await dial.Guarded()).Should().BeSameAs(socket);
    }

    [Fact]
    public async Task An_address_that_is_late_wins_all_the_same_and_the_others_are_given_up()
    {
        Task<Socket> dial = await AllTriedAsync();

        using Socket socket = _network.Answer(First);

        (await dial.Guarded()).Should().BeSameAs(socket);
        _network.GivenUp.Select(address => address.ToString()).Should().BeEquivalentTo(Second, Third);
        _clock.ArmedTimers.Should().Be(0);
    }

    [Fact]
    public async Task Of_those_that_connect_in_the_same_moment_one_is_taken_and_the_others_are_closed()
    {
        ScriptedConnector network = new() { Addresses = _network.Addresses, IgnoresTokens = true };
        Task<Socket> dial = await AllTriedAsync(network);
        Socket[] sockets = [network.Answer(First), network.Answer(Second), network.Answer(Third)];

        using Socket winner = await dial.Guarded();

        sockets.Where(socket => !socket.SafeHandle.IsClosed).Should().Equal(winner);
    }

    [Fact]
    public async Task If_all_addresses_fail_the_error_tells_of_each_with_the_code_of_the_last()
    {
        Task<Socket> dial = await AllTriedAsync();

        _network.Fail(Third, new SocketException((int)SocketError.HostUnreachable));
        _network.Fail(First, new IOException("not this way"));
        _network.Fail(Second, new SocketException((int)SocketError.ConnectionRefused));

        SocketException thrown = await Assert.ThrowsAnyAsync<SocketException>(() => dial.Guarded());
        thrown.Message.Should().Contain($"{First}:7000: not this way").And.Contain($"{Second}:7000: Connection refused").And.Contain($"{Third}:7000: ");
        _clock.ArmedTimers.Should().Be(0);
    }

    [Fact]
    public async Task A_single_address_fails_with_its_own_exception()
    {
        ScriptedConnector network = new() { Addresses = [IPAddress.Parse(First)] };
        SocketException error = new((int)SocketError.ConnectionRefused);
        network.Fail(First, error);

        (await Assert.ThrowsAsync<SocketException>(() => Dialed(network).Guarded())).Should().BeSameAs(error);
    }

    [Fact]
    public async Task A_name_without_an_address_is_not_found() =>
        (await Assert.ThrowsAsync<SocketException>(() => Dialed(new ScriptedConnector()).Guarded())).SocketErrorCode.Should().Be(SocketError.HostNotFound);

    [Fact]
    public async Task A_token_ends_every_try_and_no_further_one_begins()
    {
        using CancellationTokenSource source = new();
        Task<Socket> dial = Dialed(_network, source.Token);
        await _network.NextAsync().Guarded();

        await source.CancelAsync();

        (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dial.Guarded())).CancellationToken.Should().Be(source.Token);
        _network.Tried.Should().HaveCount(1);
        _network.GivenUp.Should().HaveCount(1);
        _clock.ArmedTimers.Should().Be(0);
    }

    private Task<Task<Socket>> AllTriedAsync() => AllTriedAsync(_network);

    private async Task<Task<Socket>> AllTriedAsync(ScriptedConnector network)
    {
        Task<Socket> dial = Dialed(network);
        await network.NextAsync().Guarded();
        for (int i = 1; i < network.Addresses.Length; i++)
        {
            await _clock.WaitForTimerWithinAsync(Stagger).Guarded();
            _clock.Advance(Stagger);
            await network.NextAsync().Guarded();
        }

        return dial;
    }

    private Task<Socket> Dialed() => Dialed(_network);

    private Task<Socket> Dialed(Connector network, CancellationToken cancellationToken = default) =>
        Dial.RunAsync(network, new DnsEndPoint("example.com", 7000), new PipeConnectionOptions { TimeProvider = _clock }, firstBytes: default, cancellationToken);
}
#endif
