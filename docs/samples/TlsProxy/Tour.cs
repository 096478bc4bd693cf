using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using StreamPipes;

namespace TlsProxy;

/// <summary>Every kind of proxy once, between a client and servers of this process. Each answer is checked.</summary>
internal static class Tour
{
    private const int Length = 1_000_000;

    /// <exception cref="InvalidDataException">An answer was wrong.</exception>
    public static async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        using X509Certificate2 certificate = SampleCertificate.Create("alpha.example", "beta.example", "gamma.example");
        SslServerAuthenticationOptions tls = new() { ServerCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true) };
        SslClientAuthenticationOptions Trusting(string name) => Trust.For(name, [certificate]);

        await using Greeter plain = new("plain");
        await using Greeter alpha = new("alpha", tls);
        await using Greeter beta = new("beta", tls);
        await using Greeter behind = new("behind", tls, behindProxy: true);

        async Task AskAsync(string what, ProxyOptions options, string server, SslClientAuthenticationOptions? clientTls, bool seesClient = false)
        {
            await using Running proxy = new(options);
            await using PipeConnection client = await proxy.ConnectAsync(clientTls, header: null, cancellationToken);
            string answer = await Greeter.AskAsync(client, Length, cancellationToken);
            bool isRight = answer.StartsWith(Greeter.AnswerOf(server, Length, seesClient ? client.LocalEndPoint : null), StringComparison.Ordinal);
            if (!isRight) throw new InvalidDataException($"the answer is wrong: {answer}");
            await output.WriteLineAsync($"{what,-32} {answer}");
        }

        await AskAsync("TLS in, plain out", new ProxyOptions { Tls = tls, Backend = plain.EndPoint }, "plain", Trusting("alpha.example"));
        await AskAsync("plain in, TLS out", new ProxyOptions { Backend = alpha.EndPoint, BackendTls = Trusting("alpha.example") }, "alpha", clientTls: null);
        await AskAsync("TLS in, TLS out", new ProxyOptions { Tls = tls, Backend = beta.EndPoint, BackendTls = Trusting("beta.example") }, "beta", Trusting("alpha.example"));
        await AskAsync("TLS in, PROXY v2 and TLS out", new ProxyOptions { Tls = tls, Backend = behind.EndPoint, BackendTls = Trusting("beta.example"), ProxyVersion = 2 }, "behind", Trusting("alpha.example"), seesClient: true);

        ProxyOptions byName = new()
        {
            Routes = new Dictionary<string, EndPoint>(StringComparer.OrdinalIgnoreCase) { ["alpha.example"] = alpha.EndPoint, ["beta.example"] = beta.EndPoint },
        };
        await AskAsync("TLS through, to alpha.example", byName, "alpha", Trusting("alpha.example"));
        await AskAsync("TLS through, to beta.example", byName, "beta", Trusting("beta.example"));
        await ShouldBeRefusedAsync(byName, Trusting("gamma.example"), cancellationToken);
        await output.WriteLineAsync($"{"TLS through, to gamma.example",-32} refused: no such name");

        // The address that a load balancer in front of this proxy sends is passed on to the server behind it.
        IPEndPoint someone = IPEndPoint.Parse("192.0.2.1:56324");
        ProxyOptions twice = new() { TrustedProxies = IPNetwork.Parse("127.0.0.0/8"), Backend = behind.EndPoint, ProxyVersion = 1 };
        await using Running between = new(twice);
        await using PipeConnection balancer = await between.ConnectAsync(Trusting("alpha.example"), new ProxyHeader(someone, IPEndPoint.Parse("198.51.100.7:443")), cancellationToken);
        string passedOn = await Greeter.AskAsync(balancer, Length, cancellationToken);
        if (!string.Equals(passedOn, Greeter.AnswerOf("behind", Length, someone), StringComparison.Ordinal)) throw new InvalidDataException($"the answer is wrong: {passedOn}");
        await output.WriteLineAsync($"{"PROXY v2 in, PROXY v1 out",-32} {passedOn}");
        await output.WriteLineAsync("every answer was right");
    }

    private static async Task ShouldBeRefusedAsync(ProxyOptions options, SslClientAuthenticationOptions tls, CancellationToken cancellationToken)
    {
        await using Running proxy = new(options);
        try
        {
            await using PipeConnection client = await proxy.ConnectAsync(tls, header: null, cancellationToken);
        }
        catch (AuthenticationException)
        {
            return;
        }

        throw new InvalidDataException("a name that leads nowhere was not refused");
    }

    /// <summary>A proxy at work.</summary>
    private sealed class Running : IAsyncDisposable
    {
        private readonly PipeListener _listener;
        private readonly Task _serving;

        public Running(ProxyOptions options)
        {
            Proxy proxy = new(options);
            _listener = proxy.Listen();
            _serving = _listener.ServeAsync(proxy.ServeAsync);
        }

        public async Task<PipeConnection> ConnectAsync(SslClientAuthenticationOptions? tls, ProxyHeader? header, CancellationToken cancellationToken)
        {
            PipeConnectionOptions options = new() { ProxyHeader = header };
            return tls is null
                ? await SocketConnection.ConnectAsync(_listener.LocalEndPoint, options, cancellationToken)
                : await TlsConnection.ConnectAsync(_listener.LocalEndPoint, tls, options, cancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            await _listener.DisposeAsync();
            await _serving;
        }
    }
}
