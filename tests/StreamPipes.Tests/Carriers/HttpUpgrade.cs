using System.Net;
using System.Net.Http;
using System.Net.Sockets;

namespace StreamPipes.Tests.Carriers;

/// <summary>The stream that <see cref="HttpClient"/> gives behind HTTP 101, and a socket at the other side.</summary>
internal static class HttpUpgrade
{
    private static readonly HttpClient Client = new();

    public static async Task<Link> ConnectAsync()
    {
        TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        try
        {
            Task<NetworkStream> accepting = AcceptAsync(listener);
            Stream near = await RequestAsync(new Uri($"http://{listener.LocalEndpoint}/")).Guarded();
            return Link.Between(new CarrierEnd(near), new CarrierEnd(await accepting), farStaysOpen: true);
        }
        finally
        {
            listener.Stop();
        }
    }

    /// <summary>Asks a server to switch protocols.</summary>
    public static async Task<Stream> RequestAsync(Uri address)
    {
        HttpRequestMessage request = new(HttpMethod.Get, address);
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Upgrade.Add(new System.Net.Http.Headers.ProductHeaderValue("bytes"));
        HttpResponseMessage response = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.StatusCode.Should().Be(HttpStatusCode.SwitchingProtocols);
        return await response.Content.ReadAsStreamAsync();
    }

    private static async Task<NetworkStream> AcceptAsync(TcpListener listener)
    {
        NetworkStream stream = new(await listener.AcceptSocketAsync(), ownsSocket: true);
        int matched = 0;
        byte[] one = new byte[1];
        while (matched < 4)
        {
            await stream.ReadExactlyAsync(one);
            matched = one[0] == "\r\n\r\n"[matched] ? matched + 1 : one[0] == '\r' ? 1 : 0;
        }

        await stream.WriteAsync("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: bytes\r\n\r\n"u8.ToArray());
        return stream;
    }
}
