namespace StreamPipes.Tests.Guards;

/// <summary>Whom the snippets talk to when they run: servers on loopback that answer, that talk first, that speak TLS when they are spoken to in TLS.</summary>
internal static class SnippetPeers
{
    public const string Source = """
        using System.Security.Cryptography.X509Certificates;

        internal enum PeerKind { Answers, Talks, TlsClient }

        internal static class Peers
        {
            private static readonly X509Certificate2 Certificate = X509CertificateLoader.LoadPkcs12FromFile("server.pfx", null);
            private static readonly Socket Tcp = Listen(new IPEndPoint(IPAddress.Loopback, 0), ProtocolType.Tcp);

            // The path of a Unix-domain socket has about a hundred characters at most.
            public static readonly string SocketPath = Path.Combine(Path.GetTempPath(), $"snippets-{Guid.NewGuid():N}.sock");

            public static int Port => ((IPEndPoint)Tcp.LocalEndPoint!).Port;

            public static void Start()
            {
                _ = AcceptAsync(Tcp);
                _ = AcceptAsync(Listen(new UnixDomainSocketEndPoint(SocketPath), ProtocolType.Unspecified));
            }

            public static async Task<Socket> ConnectAsync(PeerKind kind)
            {
                using Socket listener = Listen(new IPEndPoint(IPAddress.Loopback, 0), ProtocolType.Tcp);
                Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                Task<Socket> accepting = listener.AcceptAsync();
                await socket.ConnectAsync(listener.LocalEndPoint!);
                _ = ServeAsync(await accepting, kind);
                return socket;
            }

            private static Socket Listen(EndPoint endPoint, ProtocolType protocol)
            {
                Socket listener = new(endPoint.AddressFamily, SocketType.Stream, protocol);
                listener.Bind(endPoint);
                listener.Listen();
                return listener;
            }

            private static async Task AcceptAsync(Socket listener)
            {
                while (true) _ = ServeAsync(await listener.AcceptAsync(), PeerKind.Answers);
            }

            private static async Task ServeAsync(Socket socket, PeerKind kind)
            {
                try
                {
                    await using NetworkStream stream = new(socket, ownsSocket: true);
                    if (kind == PeerKind.Talks)
                    {
                        await stream.WriteAsync("hello\nworld\n"u8.ToArray());
                        socket.Shutdown(SocketShutdown.Send);
                        await stream.CopyToAsync(Stream.Null);
                    }
                    else if (kind == PeerKind.TlsClient)
                    {
                        await ReadLineAsync(stream);
                        await using SslStream tls = new(stream);
                        await tls.AuthenticateAsClientAsync("localhost");
                    }
                    else
                    {
                        await AnswerAsync(stream, socket);
                    }
                }
                catch (Exception exception) when (exception is IOException or SocketException)
                {
                    // A snippet that aborts or closes early: what it does itself is what counts.
                }
            }

            private static async Task AnswerAsync(NetworkStream stream, Socket socket)
            {
                byte[] first = new byte[1];
                int count = await socket.ReceiveAsync(first, SocketFlags.Peek);
                if (count == 1 && first[0] == 'S')
                {
                    await ReadLineAsync(stream);
                    await stream.WriteAsync("220 go ahead\n"u8.ToArray());
                    await socket.ReceiveAsync(first, SocketFlags.Peek);
                }

                const byte handshake = 22;
                if (first[0] == handshake)
                {
                    await using SslStream tls = new(stream);
                    await tls.AuthenticateAsServerAsync(Certificate);
                    await tls.CopyToAsync(tls);
                    return;
                }

                await stream.CopyToAsync(stream);
                socket.Shutdown(SocketShutdown.Send);
            }

            private static async Task ReadLineAsync(Stream stream)
            {
                byte[] one = new byte[1];
                do await stream.ReadExactlyAsync(one);
                while (one[0] != '\n');
            }
        }

        """;
}
