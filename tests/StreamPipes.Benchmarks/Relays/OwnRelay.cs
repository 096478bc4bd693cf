using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace StreamPipes.Benchmarks.Relays;

/// <summary>The two relays that are written in C#, each in a process of its own, until its input ends.</summary>
internal static class OwnRelay
{
    public const string Subject = "relay";
    public const string Relay = "relay";
    public const string Copy = "copy";

    /// <param name="arguments">Which of the two, a PEM file with certificate and key, the port to listen at, the port of the server.</param>
    public static async Task<int> ServeAsync(string[] arguments)
    {
        using X509Certificate2 fromPem = X509Certificate2.CreateFromPemFile(arguments[1]);
        using X509Certificate2 certificate = X509CertificateLoader.LoadPkcs12(fromPem.Export(X509ContentType.Pfx), password: null);
        SslServerAuthenticationOptions tls = new() { ServerCertificateContext = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true) };
        IPEndPoint here = Loopback(arguments[2]);
        IPEndPoint server = Loopback(arguments[3]);
        using CancellationTokenSource ended = new();
        Task serving = string.Equals(arguments[0], Relay, StringComparison.Ordinal) ? RelayAsync(here, server, tls, ended.Token) : CopyAsync(here, server, tls, ended.Token);
        await Console.In.ReadToEndAsync(CancellationToken.None);
        await ended.CancelAsync();
        await serving;
        return 0;
    }

    private static async Task RelayAsync(IPEndPoint here, IPEndPoint server, SslServerAuthenticationOptions tls, CancellationToken ended)
    {
        await using PipeListener listener = SocketConnection.Listen(here, new PipeListenerOptions { Tls = tls });
        await listener.ServeAsync(
            async (client, stopping) =>
            {
                PipeConnection behind = await SocketConnection.ConnectAsync(server, cancellationToken: stopping);
                await client.RelayAsync(behind, stopping);
            },
            ended);
    }

    /// <summary>What is written without a library.</summary>
    private static async Task CopyAsync(IPEndPoint here, IPEndPoint server, SslServerAuthenticationOptions tls, CancellationToken ended)
    {
        using Socket listener = new(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(here);
        listener.Listen();
        try
        {
            while (true) _ = CopyBothAsync(await listener.AcceptAsync(ended), server, tls);
        }
        catch (OperationCanceledException)
        {
            // That is how it ends.
        }
    }

    private static async Task CopyBothAsync(Socket accepted, IPEndPoint server, SslServerAuthenticationOptions tls)
    {
        try
        {
            accepted.NoDelay = true;
            await using SslStream client = new(new NetworkStream(accepted, ownsSocket: true));
            await client.AuthenticateAsServerAsync(tls);
            using Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(server);
            await using NetworkStream behind = new(socket);
            await Task.WhenAll(ThereAsync(), BackAsync());

            async Task ThereAsync()
            {
                await client.CopyToAsync(behind);
                socket.Shutdown(SocketShutdown.Send);
            }

            async Task BackAsync()
            {
                await behind.CopyToAsync(client);
                await client.ShutdownAsync();
                accepted.Shutdown(SocketShutdown.Send);
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
        {
            // One of the two has gone.
        }
    }

    private static IPEndPoint Loopback(string port) => new(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture));
}
