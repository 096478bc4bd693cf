using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using StackExchange.Redis;
using StreamPipes.StackExchangeRedis.Tests.Testing;

namespace StreamPipes.StackExchangeRedis.Tests;

/// <summary>The TLS settings of the configuration, each with the client's own transport as control.</summary>
[Collection(nameof(RealServers))]
public sealed class TlsTests
{
    public static TheoryData<Transport> Transports => TransportExtensions.All;

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_certificate_of_an_unknown_issuer_is_refused(Transport transport)
    {
        await using RedisServer server = await RedisServer.StartAsync();
        ConfigurationOptions configuration = new() { EndPoints = { server.EndPoint(Way.Tls) }, Ssl = true, SslHost = "localhost", CheckCertificateRevocation = false, ConnectRetry = 0 };
        await ShouldBeRefusedAsync(configuration.Use(transport));
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_certificate_for_another_name_is_refused(Transport transport)
    {
        await using RedisServer server = await RedisServer.StartAsync();
        ConfigurationOptions configuration = server.Configuration(Way.Tls).Use(transport);
        configuration.SslHost = "redis.example";
        await ShouldBeRefusedAsync(configuration);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task The_validation_callback_decides(Transport transport)
    {
        await using RedisServer server = await RedisServer.StartAsync();
        ConfigurationOptions configuration = new() { EndPoints = { server.EndPoint(Way.Tls) }, Ssl = true, CheckCertificateRevocation = false, ConnectRetry = 0 };
        SslPolicyErrors? seen = null;
        bool accepts = true;
        configuration.CertificateValidation += (_, certificate, _, errors) =>
        {
            seen = errors;
            return accepts && string.Equals(certificate!.Subject, "CN=localhost", StringComparison.Ordinal);
        };
        configuration.Use(transport);
        await using (ConnectionMultiplexer client = await ConnectionMultiplexer.ConnectAsync(configuration).Guarded()) await client.GetDatabase().PingAsync().Guarded();
        seen.Should().Be(SslPolicyErrors.RemoteCertificateChainErrors);
        accepts = false;
        await ShouldBeRefusedAsync(configuration);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_client_certificate_is_given_to_a_server_that_demands_one(Transport transport)
    {
        await using RedisServer server = await RedisServer.StartAsync("--tls-auth-clients", "yes");
        ConfigurationOptions configuration = server.Configuration(Way.Tls).Use(transport);
        await FluentActions.Awaiting(() => ConnectionMultiplexer.ConnectAsync(configuration).Guarded()).Should().ThrowAsync<RedisConnectionException>("there is no certificate");
        using X509Certificate2 certificate = ClientCertificate.Issue();
        configuration.CertificateSelection += (_, _, _, _, _) => certificate;
        await using ConnectionMultiplexer client = await ConnectionMultiplexer.ConnectAsync(configuration).Guarded();
        await client.GetDatabase().PingAsync().Guarded();
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task The_configured_host_is_the_name_in_the_handshake(Transport transport)
    {
        using TlsEndPoint server = new();
        ConfigurationOptions configuration = new() { EndPoints = { server.EndPoint }, Ssl = true, SslHost = "redis.example", CheckCertificateRevocation = false, ConnectRetry = 0 };
        await FluentActions.Awaiting(() => ConnectionMultiplexer.ConnectAsync(configuration.Use(transport)).Guarded()).Should().ThrowAsync<RedisConnectionException>();
        (await server.Handshake.Guarded()).Name.Should().Be("redis.example");
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Without_one_it_is_the_host_of_the_end_point(Transport transport)
    {
        using TlsEndPoint server = new();
        ConfigurationOptions configuration = new() { EndPoints = { new DnsEndPoint("localhost", server.Port) }, Ssl = true, CheckCertificateRevocation = false, ConnectRetry = 0 };
        await FluentActions.Awaiting(() => ConnectionMultiplexer.ConnectAsync(configuration.Use(transport)).Guarded()).Should().ThrowAsync<RedisConnectionException>();
        (await server.Handshake.Guarded()).Name.Should().Be("localhost");
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task The_configured_protocols_are_offered(Transport transport)
    {
        using TlsEndPoint server = new();
        ConfigurationOptions configuration = new() { EndPoints = { server.EndPoint }, Ssl = true, SslHost = "localhost", SslProtocols = SslProtocols.Tls12, CheckCertificateRevocation = false, ConnectRetry = 0 };
        await FluentActions.Awaiting(() => ConnectionMultiplexer.ConnectAsync(configuration.Use(transport)).Guarded()).Should().ThrowAsync<RedisConnectionException>();
        (await server.Handshake.Guarded()).Protocols.Should().HaveFlag(SslProtocols.Tls12).And.NotHaveFlag(SslProtocols.Tls13);
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task Authentication_options_that_a_callback_gives_come_before_the_single_settings(Transport transport)
    {
        Assert.SkipWhen(LibraryBuild.IsNetStandard, "The standard has no SslClientAuthenticationOptions.");
        await using RedisServer server = await RedisServer.StartAsync();
        ConfigurationOptions configuration = new() { EndPoints = { server.EndPoint(Way.Tls) }, Ssl = true, SslHost = "localhost", SslProtocols = SslProtocols.Tls12, ConnectRetry = 0 };
        List<string> hosts = [];
        configuration.SslClientAuthenticationOptions = host =>
        {
            lock (hosts) hosts.Add(host);
            return TestCertificates.ClientOptions(SslProtocols.Tls13);
        };
        await using ConnectionMultiplexer client = await ConnectionMultiplexer.ConnectAsync(configuration.Use(transport)).Guarded();
        await client.GetDatabase().PingAsync().Guarded();
        hosts.Should().NotBeEmpty().And.OnlyContain(host => host == "localhost");
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public async Task A_validation_callback_goes_together_with_authentication_options_that_name_none(Transport transport)
    {
        Assert.SkipWhen(LibraryBuild.IsNetStandard, "The standard has no SslClientAuthenticationOptions.");
        await using RedisServer server = await RedisServer.StartAsync();
        ConfigurationOptions configuration = new() { EndPoints = { server.EndPoint(Way.Tls) }, Ssl = true, ConnectRetry = 0 };
        configuration.SslClientAuthenticationOptions = host => new SslClientAuthenticationOptions { TargetHost = host };
        X509Certificate? seen = null;
        configuration.CertificateValidation += (_, certificate, _, _) => (seen = certificate) is not null;
        await using ConnectionMultiplexer client = await ConnectionMultiplexer.ConnectAsync(configuration.Use(transport)).Guarded();
        seen!.Subject.Should().Be("CN=localhost");
    }

    private static async Task ShouldBeRefusedAsync(ConfigurationOptions configuration) => (await Attempts.FailureOfAsync(configuration)).Should().BeAssignableTo<AuthenticationException>();
}
