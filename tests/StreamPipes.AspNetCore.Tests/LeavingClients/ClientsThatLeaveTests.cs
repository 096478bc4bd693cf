using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Http.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.SignalR.Client;

namespace StreamPipes.AspNetCore.Tests.LeavingClients;

/// <summary>
/// Clients that leave in every way, at every moment: the server logs nothing above Debug, serves the next one, and no connection stays. Kestrel alone goes
/// through the same, and what it says there it may say everywhere.
/// </summary>
[Collection(nameof(RealServers))]
public sealed class ClientsThatLeaveTests
{
    /// <summary>What Kestrel says above Debug over its own sockets, too: of an application that gives up a client, and of a body that was cut.</summary>
    private static readonly string[] SaidByKestrelAnyway =
    [
        "the application aborted the connection.",
        "the application completed without reading the entire request body.",
        "automatic draining of the request body failed because the body reader is in an invalid state.",
    ];

    /// <summary>What Kestrel's own TLS says when a client ends or breaks the session that is being written to. The library's says nothing.</summary>
    private static readonly string[] SaidByUseHttps = ["The encryption operation failed"];

    /// <summary>So many clients at a time.</summary>
    private const int Together = 8;

    private static readonly Dictionary<string, Func<LeavingClient, Task>> Moments = new(StringComparer.Ordinal)
    {
        ["before a request"] = _ => Task.CompletedTask,
        ["in a request line"] = client => client.SendAsync("GET /ec"),
        ["in the headers"] = client => client.SendAsync("GET / HTTP/1.1\r\nHost: loc"),
        ["in a body"] = async client =>
        {
            await client.SendAsync("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n");
            await client.ReadUntilAsync("100 Continue");
            await client.SendAsync("abc");
        },
        ["in a chunk"] = async client =>
        {
            await client.SendAsync("POST /echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
            await client.ReadUntilAsync("100 Continue");
            await client.SendAsync("5\r\nabc");
        },
        ["in an endless response"] = async client =>
        {
            await client.SendAsync("GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n");
            await client.ReadUntilAsync("200 OK");
        },
        ["in a download"] = async client =>
        {
            await client.SendAsync("GET /download HTTP/1.1\r\nHost: localhost\r\n\r\n");
            await client.ReadUntilAsync("200 OK");
        },
        ["while the application waits"] = async client =>
        {
            await client.SendAsync("GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n");
            await client.ReadUntilAsync("waiting");
        },
        ["between requests"] = async client =>
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
            await client.ReadUntilAsync("\r\n0\r\n\r\n");
        },
    };

    public static TheoryData<ServerKind> Servers => [.. Enum.GetValues<ServerKind>()];

    /// <summary>9 moments, 6 ways, 4 clients of each: 216.</summary>
    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Two_hundred_clients_of_HTTP_1_leave_in_every_way_and_nobody_is_alarmed(ServerKind kind)
    {
        await using LeavingServer server = await LeavingServer.StartAsync(kind);
        var clients =
            from moment in Moments
            from way in Enum.GetValues<Way>()
            from _ in Enumerable.Range(0, 4)
            select (Func<Task>)(async () =>
            {
                using LeavingClient client = await LeavingClient.ConnectAsync(server);
                await moment.Value(client);
                await client.LeaveAsync(way);
            });
        await LeaveAsync(server, clients, HttpVersion.Version11);
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Clients_that_leave_in_the_handshake_alarm_nobody(ServerKind kind)
    {
        await using LeavingServer server = await LeavingServer.StartAsync(kind);
        byte[] hello = [0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3];
        var clients =
            from length in new[] { 0, 3, hello.Length }
            from reset in new[] { false, true }
            from _ in Enumerable.Range(0, 4)
            select (Func<Task>)(async () =>
            {
                using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(server.EndPoint).Guarded();
                await socket.SendAsync(hello.AsMemory(0, length)).Guarded();
                if (reset) socket.LingerState = new LingerOption(enable: true, seconds: 0);
            });
        await LeaveAsync(server, clients, HttpVersion.Version11);
    }

    /// <summary>5 moments, 3 ways, 14 clients of each: 210.</summary>
    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Two_hundred_clients_of_HTTP_2_leave_in_every_way_and_nobody_is_alarmed(ServerKind kind)
    {
        await using LeavingServer server = await LeavingServer.StartAsync(kind, HttpProtocols.Http2);
        var clients =
            from path in new[] { "", "stream", "download", "wait", "echo" }
            from way in new[] { Way.Close, Way.Reset, Way.CloseNotify }
            from _ in Enumerable.Range(0, 14)
            select (Func<Task>)(() => LeaveHttp2Async(server, path, way));
        await LeaveAsync(server, clients, HttpVersion.Version20);
    }

    /// <summary>3 moments, 3 ways, 23 clients of each: 207.</summary>
    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Two_hundred_WebSockets_vanish_or_abort_and_nobody_is_alarmed(ServerKind kind)
    {
        await using LeavingServer server = await LeavingServer.StartAsync(kind);
        var clients =
            from moment in new[] { "idle", "in a message", "in a flood" }
            from way in new Way?[] { Way.Close, Way.Reset, null }
            from _ in Enumerable.Range(0, 23)
            select (Func<Task>)(() => LeaveWebSocketAsync(server, moment, way));
        await LeaveAsync(server, clients, HttpVersion.Version11);
    }

    /// <summary>3 transports, 2 moments, 3 ways, 12 clients of each: 216.</summary>
    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Two_hundred_clients_of_SignalR_vanish_and_nobody_is_alarmed(ServerKind kind)
    {
        await using LeavingServer server = await LeavingServer.StartAsync(kind);
        var clients =
            from transport in new[] { HttpTransportType.WebSockets, HttpTransportType.ServerSentEvents, HttpTransportType.LongPolling }
            from counts in new[] { false, true }
            from way in new Way?[] { Way.Close, Way.Reset, null }
            from _ in Enumerable.Range(0, 12)
            select (Func<Task>)(() => LeaveSignalRAsync(server, transport, counts, way));
        await LeaveAsync(server, clients, HttpVersion.Version11);
    }

    /// <summary>Lets them come and go, and looks at what they have left behind.</summary>
    private static async Task LeaveAsync(LeavingServer server, IEnumerable<Func<Task>> clients, Version version)
    {
        await Parallel.ForEachAsync(clients, new ParallelOptions { MaxDegreeOfParallelism = Together }, async (client, _) => await client());
        try
        {
            await server.WhenEmptyAsync();
        }
        catch (TimeoutException) when (IsTlsOfKestrel(server.Kind) && version == HttpVersion.Version20)
        {
            // The control group: one run in some twenty Kestrel's own TLS keeps a connection of HTTP/2 open that long.
            return;
        }

        Alarms(server).Should().BeEmpty();
        using (HttpClient next = new(new TrackedSockets(server.EndPoint).CreateHandler()) { DefaultRequestVersion = version, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact })
            (await next.GetStringAsync(server.Address("")).Guarded()).Should().Contain("HTTP/");
        await server.Server.StopAsync().Guarded();
        Alarms(server).Should().BeEmpty();
    }

    private static IEnumerable<string> Alarms(LeavingServer server)
    {
        string[] usual = IsTlsOfKestrel(server.Kind) ? [.. SaidByKestrelAnyway, .. SaidByUseHttps] : SaidByKestrelAnyway;
        return server.Server.Log.Serious.Where(line => !Array.Exists(usual, said => line.Contains(said, StringComparison.Ordinal)));
    }

    private static bool IsTlsOfKestrel(ServerKind kind) => kind is ServerKind.UseHttps or ServerKind.UseHttpsOnConnectionContexts;

    private static async Task LeaveHttp2Async(LeavingServer server, string path, Way way)
    {
        TrackedSockets sockets = new(server.EndPoint);
        using EndlessContent? body = path is "echo" ? new EndlessContent() : null;
        using (HttpClient client = new(sockets.CreateHandler()))
        {
            using HttpRequestMessage request = new(body is null ? HttpMethod.Get : HttpMethod.Post, server.Address(path))
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = body,
            };
            using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).Guarded();
            await using Stream content = await response.Content.ReadAsStreamAsync().Guarded();
            (await content.ReadAsync(new byte[100]).Guarded()).Should().BePositive();

            // Otherwise the client takes leave: of the stream, then of the connection.
            if (way is not Way.CloseNotify) sockets.Vanish(way);
        }

        sockets.Vanish(Way.Close);
    }

    /// <param name="server">The server.</param>
    /// <param name="moment">When.</param>
    /// <param name="way">How; <see langword="null"/> for the client's own abort.</param>
    private static async Task LeaveWebSocketAsync(LeavingServer server, string moment, Way? way)
    {
        TrackedSockets sockets = new(server.EndPoint);
        using ClientWebSocket socket = await ConnectAsync(sockets, server.Address(moment is "in a flood" ? "flood" : "socket"));
        byte[] buffer = new byte[64];
        if (moment is not "in a flood") await socket.SendAsync("hello"u8.ToArray().AsMemory(), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).Guarded();
        (await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).Guarded()).Count.Should().BePositive();
        if (moment is "in a message") await socket.SendAsync("half of"u8.ToArray().AsMemory(), WebSocketMessageType.Text, endOfMessage: false, CancellationToken.None).Guarded();
        if (way is { } vanishes) sockets.Vanish(vanishes);
        else socket.Abort();
    }

    private static async Task LeaveSignalRAsync(LeavingServer server, HttpTransportType transport, bool counts, Way? way)
    {
        TrackedSockets sockets = new(server.EndPoint);
        HubConnection hub = new HubConnectionBuilder().WithUrl(server.Address("hub"), transport, options =>
        {
            options.HttpMessageHandlerFactory = _ => sockets.CreateHandler();
            options.WebSocketFactory = async (context, _) => await ConnectAsync(sockets, context.Uri);
        }).Build();
        await using (hub)
        {
            await hub.StartAsync().Guarded();
            (await hub.InvokeAsync<string>("Echo", "hello").Guarded()).Should().Be("hello");
            if (counts)
            {
                await using IAsyncEnumerator<int> numbers = hub.StreamAsync<int>("Count").GetAsyncEnumerator();
                (await numbers.MoveNextAsync().Guarded()).Should().BeTrue();
                if (way is { } vanishes) sockets.Vanish(vanishes);
            }
            else if (way is { } vanishes)
            {
                sockets.Vanish(vanishes);
            }
        }

        sockets.Vanish(Way.Close);
    }

    private static async Task<ClientWebSocket> ConnectAsync(TrackedSockets sockets, Uri address)
    {
        UriBuilder builder = new(address) { Scheme = address.Scheme is "https" or "wss" ? "wss" : "ws" };
        ClientWebSocket socket = new();
        using HttpMessageInvoker invoker = new(sockets.CreateHandler(), disposeHandler: false);
        await socket.ConnectAsync(builder.Uri, invoker, CancellationToken.None).Guarded();
        return socket;
    }
}
