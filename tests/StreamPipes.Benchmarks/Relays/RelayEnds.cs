using System.Net;
using System.Net.Sockets;
using StreamPipes.Benchmarks.Links;

namespace StreamPipes.Benchmarks.Relays;

/// <summary>What one side of a relay sees of the end of the other.</summary>
internal sealed class RelayEnds : IDisposable
{
    private const int AnswerSize = 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Socket _listener = Link.Listen();

    /// <summary>A column for each.</summary>
    public static IReadOnlyList<string> Cases { get; } =
    [
        "the client ends first: the server sees, and then the client",
        "the server ends first: the client sees, and then the server",
        "the client resets: the server sees",
        "the server resets: the client sees",
        "the client is cut off, FIN without close_notify: the server sees",
    ];

    public async Task<IReadOnlyList<string>> TryAsync(RelayProgram program, RelayFiles files)
    {
        await using RelayProcess relay = await RelayProcess.StartAsync(program, files, (IPEndPoint)_listener.LocalEndPoint!);
        return
        [
            await TryAsync(relay, ClientFirstAsync),
            await TryAsync(relay, ServerFirstAsync),
            await TryAsync(relay, async (client, server) =>
            {
                client.Socket.Close(timeout: 0);
                return await SeenAsync(server);
            }),
            await TryAsync(relay, async (client, server) =>
            {
                server.Socket.Close(timeout: 0);
                return await SeenAsync(client.Stream);
            }),
            await TryAsync(relay, async (client, server) =>
            {
                client.Socket.Shutdown(SocketShutdown.Send);
                return await SeenAsync(server);
            }),
        ];
    }

    public void Dispose() => _listener.Dispose();

    private async Task<string> TryAsync(RelayProcess relay, Func<Link, NetworkStream, Task<string>> act)
    {
        await using Link client = await Link.OpenAsync(relay.EndPoint, tls: true);

        // The connection that asked whether the relay listens has been accepted too: this one says a word.
        await client.Stream.WriteAsync(new byte[] { 1 });
        while (true)
        {
            await using NetworkStream server = new(await _listener.AcceptAsync().WaitAsync(Patience), ownsSocket: true);
            if (await server.ReadAsync(new byte[1]) == 1) return await act(client, server).WaitAsync(3 * Patience);
        }
    }

    private static async Task<string> ClientFirstAsync(Link client, NetworkStream server)
    {
        await client.HalfCloseAsync();
        string seen = await SeenAsync(server);
        return $"{seen}, {await AnswerAsync(server, client.Stream, () => server.Socket.Shutdown(SocketShutdown.Send))}";
    }

    private static async Task<string> ServerFirstAsync(Link client, NetworkStream server)
    {
        server.Socket.Shutdown(SocketShutdown.Send);
        string seen = await SeenAsync(client.Stream);
        return $"{seen}, {await AnswerAsync(client.Stream, server, () => _ = client.HalfCloseAsync().AsTask())}";
    }

    /// <summary>The side that has seen the end still says something, to its own end.</summary>
    private static async Task<string> AnswerAsync(Stream from, Stream to, Action end)
    {
        try
        {
            Task<(long Bytes, string End)> arriving = TakeAllAsync(to);
            await from.WriteAsync(new byte[AnswerSize]).AsTask().WaitAsync(Patience);
            end();
            (long bytes, string seen) = await arriving;
            return bytes == AnswerSize ? $"all of the answer and {seen}" : $"{bytes} of {AnswerSize} bytes and {seen}";
        }
        catch (Exception exception) when (exception is IOException or TimeoutException or SocketException)
        {
            return "no answer: it cannot be sent";
        }
    }

    private static async Task<string> SeenAsync(Stream stream) => (await TakeAllAsync(stream)).End;

    private static async Task<(long Bytes, string End)> TakeAllAsync(Stream stream)
    {
        byte[] buffer = new byte[64 * 1024];
        long bytes = 0;
        using CancellationTokenSource patience = new(Patience);
        try
        {
            while (await stream.ReadAsync(buffer, patience.Token) is > 0 and int count) bytes += count;
            return (bytes, "the end");
        }
        catch (OperationCanceledException)
        {
            return (bytes, "nothing");
        }
        catch (IOException)
        {
            return (bytes, "a reset");
        }
    }
}
