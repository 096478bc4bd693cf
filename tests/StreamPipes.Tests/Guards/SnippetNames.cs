namespace StreamPipes.Tests.Guards;

/// <summary>What a snippet that is not a complete program may take for granted: namespaces and names. When it runs they are connected to a peer.</summary>
internal static class SnippetNames
{
    public const string Source = """
        global using System.Buffers;
        global using System.Diagnostics;
        global using System.IO.Compression;
        global using System.IO.Pipelines;
        global using System.Net;
        global using System.Net.Security;
        global using System.Net.Sockets;
        global using System.Text;
        global using StreamPipes;

        internal abstract class SnippetNames
        {
            protected Socket socket = null!;
            protected Stream stream = null!;
            protected Process process = null!;
            protected PipeConnection connection = null!;
            protected IDuplexPipe pipe = null!;
            protected readonly byte[] message = "message\n"u8.ToArray();
            protected readonly CancellationToken cancellationToken = CancellationToken.None;

            public abstract Task RunAsync(string[] args);

            public async Task RunAsync(string text)
            {
                PeerKind server = text.Contains("UpgradeAsServerAsync") ? PeerKind.TlsClient : PeerKind.Answers;
                socket = await Peers.ConnectAsync(PeerKind.Answers);
                stream = new NetworkStream(await Peers.ConnectAsync(text.Contains("stream.ReadAsync") ? PeerKind.Talks : server), ownsSocket: true);
                connection = SocketConnection.Create(await Peers.ConnectAsync(text.Contains("connection.Output") || text.Contains("DetachAsync") || text.Contains("UpgradeAs") ? server : PeerKind.Talks));
                await using PipeConnection under = SocketConnection.Create(await Peers.ConnectAsync(PeerKind.Answers));
                pipe = under;
                process = Process.Start(new ProcessStartInfo("cat") { RedirectStandardInput = true, RedirectStandardOutput = true })!;
                await RunAsync([]).WaitAsync(TimeSpan.FromSeconds(30));
                process.Kill();
                await process.WaitForExitAsync();
                connection.Abort();
                await stream.DisposeAsync();
                socket.Dispose();
            }

            protected static bool TryParse(ref ReadOnlySequence<byte> buffer, out string line)
            {
                line = "";
                if (buffer.PositionOf((byte)'\n') is not { } end) return false;
                line = Encoding.UTF8.GetString(buffer.Slice(0, end));
                buffer = buffer.Slice(buffer.GetPosition(1, end));
                return true;
            }

            protected static void Handle(string line) => Console.WriteLine(line);
        }

        """;
}
