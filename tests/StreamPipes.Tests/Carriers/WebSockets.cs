#if NET10_0_OR_GREATER
using System.Net.Sockets;
using System.Net.WebSockets;

namespace StreamPipes.Tests.Carriers;

/// <summary>Two ends of a WebSocket, as streams.</summary>
internal static class WebSockets
{
    public static async Task<Link> ConnectAsync(bool nearIsServer)
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        return Link.Between(EndOf(Open(client, nearIsServer)), EndOf(Open(server, !nearIsServer)));
    }

    public static CarrierEnd EndOf(WebSocket webSocket, Func<Task>? afterwards = null) => new(WebSocketStream.Create(webSocket, WebSocketMessageType.Binary, ownsWebSocket: true))
    {
        Farewell = () => $", {webSocket.CloseStatus}",
        Afterwards = afterwards,
    };

    private static WebSocket Open(Socket socket, bool isServer) =>
        WebSocket.CreateFromStream(new NetworkStream(socket, ownsSocket: true), new WebSocketCreationOptions { IsServer = isServer });
}
#endif
