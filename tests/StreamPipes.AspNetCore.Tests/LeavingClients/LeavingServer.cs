using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using StreamPipes.AspNetCore.Tests.Testing;

namespace StreamPipes.AspNetCore.Tests.LeavingClients;

/// <summary>A server of any kind, with pages in which a client can leave, that counts its connections.</summary>
internal sealed class LeavingServer : IAsyncDisposable
{
    private readonly OpenConnections _open;

    private LeavingServer(ServerKind kind, TestServer server, OpenConnections open)
    {
        Server = server;
        Kind = kind;
        IsTls = kind is ServerKind.UseHttps or ServerKind.UseTlsConnection or ServerKind.LayersAndTls or ServerKind.UseHttpsOnConnectionContexts or ServerKind.UseTlsConnectionOnConnectionContexts;
        _open = open;
    }

    public ServerKind Kind { get; }

    public TestServer Server { get; }

    public bool IsTls { get; }

    public IPEndPoint EndPoint => Server.EndPoint;

    public static async Task<LeavingServer> StartAsync(ServerKind kind, HttpProtocols protocols = HttpProtocols.Http1)
    {
        OpenConnections open = new();
        TestServer server = await TestServer.StartAsync(
            listen =>
            {
                listen.Protocols = protocols;
                listen.Use(open.Count);
                Add(kind, listen);
                listen.Use(open.Note);
            },
            builder =>
            {
                builder.Services.AddSignalR();
                if (Transport(kind) is { } transport) builder.Services.AddSingleton(transport);
            },
            Map);
        return new LeavingServer(kind, server, open);
    }

    public Uri Address(string path) => new(Server.Address(IsTls ? "https" : "http"), path);

    /// <summary>Ends when no connection is open.</summary>
    public async Task WhenEmptyAsync()
    {
        try
        {
            await _open.WhenEmptyAsync().Guarded();
        }
        catch (HangException e)
        {
            throw new TimeoutException($"Connections stayed: {_open}.", e);
        }
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private static void Add(ServerKind kind, ListenOptions listen)
    {
        if (kind is ServerKind.StreamLayer or ServerKind.LayersAndTls) listen.UseStreamLayer(stream => new ByteCountingStream(stream));
        if (kind is ServerKind.UseHttps or ServerKind.UseHttpsOnConnectionContexts) HttpsLayer.UseHttps.Use(listen, TestCertificates.ServerOptions());
        if (kind is ServerKind.UseTlsConnection or ServerKind.LayersAndTls or ServerKind.UseTlsConnectionOnConnectionContexts) HttpsLayer.UseTlsConnection.Use(listen, TestCertificates.ServerOptions());
        if (kind is ServerKind.LayersAndTls) listen.UseStreamLayer(stream => new ByteCountingStream(stream));
    }

    private static SocketTransport? Transport(ServerKind kind) => kind switch
    {
        ServerKind.ConnectionContexts or ServerKind.UseHttpsOnConnectionContexts or ServerKind.UseTlsConnectionOnConnectionContexts => new SocketTransport(usesStreams: false),
        ServerKind.ConnectionContextsOverStreams => new SocketTransport(usesStreams: true),
        _ => null,
    };

    private static void Map(WebApplication application)
    {
        application.UseWebSockets();
        application.MapPost("/echo", EchoBodyAsync);
        application.MapGet("/wait", WaitAsync);
        application.MapGet("/stream", context => SendAsync(context, count: int.MaxValue, context.RequestAborted));
        application.MapGet("/download", context => SendAsync(context, count: 256, CancellationToken.None));
        application.Map("/socket", EchoMessagesAsync);
        application.Map("/flood", FloodAsync);
        application.MapHub<LeavingHub>("/hub");
    }

    /// <summary>The application waits for something that never comes.</summary>
    private static async Task WaitAsync(HttpContext context)
    {
        await context.Response.WriteAsync("waiting");
        await context.Response.Body.FlushAsync();
        await Task.Delay(Timeout.Infinite, context.RequestAborted);
    }

    /// <summary>Most applications do not look at the token.</summary>
    private static async Task SendAsync(HttpContext context, int count, CancellationToken cancellationToken)
    {
        byte[] block = new byte[16 * 1024];
        for (int i = 0; i < count && !cancellationToken.IsCancellationRequested; i++) await context.Response.Body.WriteAsync(block, CancellationToken.None);
    }

    private static async Task EchoBodyAsync(HttpContext context)
    {
        try
        {
            await context.Request.Body.CopyToAsync(context.Response.Body);
        }
        catch (IOException)
        {
            // What reading a body throws when its client has left. Over Kestrel's own sockets, too, it is the application's affair.
        }
    }

    private static async Task EchoMessagesAsync(HttpContext context)
    {
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        byte[] message = new byte[1024];
        try
        {
            while (true)
            {
                ValueWebSocketReceiveResult received = await socket.ReceiveAsync(message.AsMemory(), CancellationToken.None);
                if (received.MessageType == WebSocketMessageType.Close) break;
                await socket.SendAsync(message.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, CancellationToken.None);
            }

            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }
        catch (WebSocketException)
        {
            // What a WebSocket throws when its client has left, and applications expect.
        }
    }

    private static async Task FloodAsync(HttpContext context)
    {
        using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
        byte[] message = new byte[16 * 1024];
        try
        {
            while (!context.RequestAborted.IsCancellationRequested) await socket.SendAsync(message.AsMemory(), WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None);
        }
        catch (WebSocketException)
        {
            // As above.
        }
    }
}
