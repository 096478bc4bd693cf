using System.Globalization;

namespace StreamPipes.Samples.Tests.SpoaAgent;

/// <summary>
/// A HAProxy of its own for a test, on free ports of the loopback address. It asks the agent about every request, adds what the agent has set as
/// headers, and passes the request on to a small backend of the test, which answers with these headers.
/// </summary>
internal sealed class Haproxy : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;
    private readonly ExternalProcess _process;
    private readonly HeaderEcho _backend;

    private Haproxy(TemporaryFolder folder, ExternalProcess process, HeaderEcho backend, int port)
    {
        _folder = folder;
        _process = process;
        _backend = backend;
        Client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 100 }) { BaseAddress = new Uri(FormattableString.Invariant($"http://127.0.0.1:{port}/")) };
    }

    /// <summary>Talks to the front end.</summary>
    public HttpClient Client { get; }

    public string Log => _process.Output + _process.Error;

    public static async Task<Haproxy> StartAsync(int agentPort, HaproxyOptions options)
    {
        ExternalProgram.Require("haproxy", "haproxy");
        TemporaryFolder folder = new();
        HeaderEcho backend = new();
        string spoe = folder.Write("spoe.cfg", SpoeConfiguration(options));
        (ExternalProcess process, int port) = await HaproxyProcess.StartOnFreePortAsync(port =>
            ExternalProcess.Start("haproxy", HaproxyProcess.Alone, "-db", "-f", folder.Write("haproxy.cfg", Configuration(spoe, port, agentPort, backend.Port, options))));
        return new Haproxy(folder, process, backend, port);
    }

    /// <summary>Sends a request and gives what the backend saw of it.</summary>
    public async Task<string> AskAsync(string key, byte[]? body = null)
    {
        using HttpRequestMessage request = new(body is null ? HttpMethod.Get : HttpMethod.Post, "");
        request.Headers.Add("X-Key", key);
        if (body is not null) request.Content = new ByteArrayContent(body);
        using HttpResponseMessage response = await Client.SendAsync(request).Guarded();
        return (await response.Content.ReadAsStringAsync().Guarded()).Trim();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _process.DisposeAsync();
        await _backend.DisposeAsync();
        _folder.Dispose();
    }

    private static string Configuration(string spoe, int port, int agentPort, int backendPort, HaproxyOptions options) => string.Create(CultureInfo.InvariantCulture, $"""
        defaults
            mode http
            timeout connect 5s
            timeout client  30s
            timeout server  30s
        frontend www
            bind 127.0.0.1:{port}
            option http-buffer-request
            filter spoe engine test config {spoe}
            http-request set-header X-Echo %[var(txn.test.echo)]
            http-request set-header X-Body %[var(txn.test.body_size)]:%[var(txn.test.body_sha256)]
            http-request set-header X-Error %[var(txn.test.error)]
            http-request set-header X-Score %[var(txn.test.ip_score)]
            default_backend origin
        backend origin
            server origin 127.0.0.1:{backendPort}
        backend agents
            mode tcp
        {options.BackendLines}
            server agent 127.0.0.1:{agentPort} {options.ServerArguments}

        """);

    private static string SpoeConfiguration(HaproxyOptions options) => $"""
        [test]
        spoe-agent agent
            messages {options.Message}
            option var-prefix test
            option set-on-error error
            option continue-on-error
            timeout hello      5s
            timeout idle       30s
            timeout processing 8s
        {options.AgentLines}
            use-backend agents
        spoe-message {options.Message}
            args {options.Arguments}
            event on-frontend-http-request

        """;
}
