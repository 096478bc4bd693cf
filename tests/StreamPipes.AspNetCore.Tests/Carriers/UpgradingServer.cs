using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using StreamPipes.Tests.Carriers;

namespace StreamPipes.AspNetCore.Tests.Carriers;

/// <summary>A Kestrel that upgrades requests, and gives their streams to the test, as long as that uses them.</summary>
public sealed class UpgradingServer : IAsyncLifetime
{
    private readonly WebApplication _application;
    private readonly ConcurrentDictionary<string, TaskCompletionSource<CarrierEnd>> _awaited = new(StringComparer.Ordinal);

    public UpgradingServer()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _application = builder.Build();
        _application.UseWebSockets();
        _application.Map("/bytes/{id}", UpgradeAsync);
        _application.Map("/websocket/{id}", AcceptAsync);
    }

    private int Port => new Uri(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;

    public async ValueTask InitializeAsync() => await _application.StartAsync().Guarded();

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    internal async Task<Link> ConnectAsync(KestrelMedium medium)
    {
        string id = Guid.NewGuid().ToString("N");
        TaskCompletionSource<CarrierEnd> accepted = _awaited.GetOrAdd(id, new TaskCompletionSource<CarrierEnd>(TaskCreationOptions.RunContinuationsAsynchronously));
        CarrierEnd client = medium is KestrelMedium.UpgradedRequest or KestrelMedium.HttpClient
            ? new CarrierEnd(await HttpUpgrade.RequestAsync(new Uri(FormattableString.Invariant($"http://127.0.0.1:{Port}/bytes/{id}"))))
            : await ConnectWebSocketAsync(new Uri(FormattableString.Invariant($"ws://127.0.0.1:{Port}/websocket/{id}")));
        CarrierEnd server = await accepted.Task;
        return medium is KestrelMedium.UpgradedRequest or KestrelMedium.WebSocketInKestrel ? Link.Between(server, client) : Link.Between(client, server);
    }

    private static async Task<CarrierEnd> ConnectWebSocketAsync(Uri address)
    {
        ClientWebSocket webSocket = new();
        await webSocket.ConnectAsync(address, CancellationToken.None);
        return WebSockets.EndOf(webSocket);
    }

    private async Task UpgradeAsync(HttpContext context)
    {
        Stream stream = await context.Features.Get<IHttpUpgradeFeature>()!.UpgradeAsync();
        await LendAsync(context, afterwards => new CarrierEnd(stream) { Afterwards = afterwards });
    }

    private async Task AcceptAsync(HttpContext context)
    {
        WebSocket webSocket = await context.WebSockets.AcceptWebSocketAsync();
        await LendAsync(context, afterwards => WebSockets.EndOf(webSocket, afterwards));
    }

    /// <summary>The request ends, and with it the connection, when the test is done with the stream.</summary>
    private async Task LendAsync(HttpContext context, Func<Func<Task>, CarrierEnd> make)
    {
        TaskCompletionSource isDone = new(TaskCreationOptions.RunContinuationsAsynchronously);
        CarrierEnd end = make(() =>
        {
            isDone.TrySetResult();
            return Task.CompletedTask;
        });
        _awaited.TryRemove((string)context.Request.RouteValues["id"]!, out TaskCompletionSource<CarrierEnd>? accepted);
        accepted!.SetResult(end);
        await isDone.Task;
    }
}
