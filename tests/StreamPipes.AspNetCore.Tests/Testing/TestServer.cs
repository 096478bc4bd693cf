using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace StreamPipes.AspNetCore.Tests.Testing;

/// <summary>A Kestrel on a free loopback port that tells its clients over what they came.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private TestServer(WebApplication application, LogCapture log)
    {
        _application = application;
        Log = log;
    }

    public IPEndPoint EndPoint { get; private set; } = new(IPAddress.Loopback, 0);

    /// <summary>What the server has logged.</summary>
    public LogCapture Log { get; }

    /// <summary>What the server calls itself.</summary>
    public string ListeningAddress => _application.Urls.Single();

    /// <summary>Listens on a socket.</summary>
    /// <param name="configure">What is between the socket and HTTP.</param>
    /// <param name="build">What else the server has.</param>
    /// <param name="map">What it serves beside its two pages.</param>
    public static async Task<TestServer> StartAsync(Action<ListenOptions> configure, Action<WebApplicationBuilder>? build = null, Action<WebApplication>? map = null)
    {
        ListenOptions? listening = null;
        TestServer server = Build(
            kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                configure(listen);
                listening = listen;
            }),
            build);
        map?.Invoke(server._application);
        await server._application.StartAsync().Guarded();
        server.EndPoint = listening!.IPEndPoint!;
        return server;
    }

    /// <summary>Listens where a transport of the test's own does.</summary>
    public static async Task<TestServer> StartAsync(IConnectionListenerFactory transport, EndPoint endPoint, Action<ListenOptions> configure)
    {
        TestServer server = Build(kestrel => kestrel.Listen(endPoint, configure), builder => builder.Services.AddSingleton(transport));
        await server._application.StartAsync().Guarded();
        return server;
    }

    /// <summary>Stops in order, as at the end of a process: no client may keep it.</summary>
    public Task StopAsync() => _application.StopAsync();

    public Uri Address(string scheme = "http") => new(FormattableString.Invariant($"{scheme}://localhost:{EndPoint.Port}/"));

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static TestServer Build(Action<KestrelServerOptions> configure, Action<WebApplicationBuilder>? build)
    {
        LogCapture log = new();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Debug).AddProvider(log);
        builder.WebHost.ConfigureKestrel(configure);
        build?.Invoke(builder);
        WebApplication application = builder.Build();
        application.MapGet("/", context => context.Response.WriteAsync($"{context.Request.Scheme} {context.Request.Protocol}"));
        application.MapPost("/", EchoAsync);
        return new TestServer(application, log);
    }

    private static async Task EchoAsync(HttpContext context)
    {
        // All of it first: a client may not read before it has sent everything.
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body);
        body.Position = 0;
        await body.CopyToAsync(context.Response.Body);
    }
}
