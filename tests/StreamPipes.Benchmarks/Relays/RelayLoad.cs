using System.Diagnostics;
using System.Net;
using StreamPipes.Benchmarks.Links;

namespace StreamPipes.Benchmarks.Relays;

/// <summary>Clients of a relay, over TLS.</summary>
internal sealed class RelayLoad(IPEndPoint relay)
{
    private const int BufferSize = 64 * 1024;
    private const int MessageSize = 64;

    /// <summary>Each client sends so many bytes.</summary>
    public Task SendAsync(int clients, long bytes) => TogetherAsync(clients, async link =>
    {
        byte[] buffer = new byte[BufferSize];
        await link.Stream.WriteAsync(RelayServer.Request(RelayServer.Wish.Take, bytes));
        for (long left = bytes; left > 0; left -= BufferSize) await link.Stream.WriteAsync(buffer.AsMemory(0, (int)Math.Min(left, BufferSize)));
        await link.Stream.ReadExactlyAsync(buffer.AsMemory(0, 1));
    });

    /// <summary>Each client gets so many bytes.</summary>
    public Task ReceiveAsync(int clients, long bytes) => TogetherAsync(clients, async link =>
    {
        byte[] buffer = new byte[BufferSize];
        await link.Stream.WriteAsync(RelayServer.Request(RelayServer.Wish.Send, bytes));
        long left = bytes;
        while (left > 0 && await link.Stream.ReadAsync(buffer) is > 0 and int count) left -= count;
        if (left > 0) throw new InvalidOperationException($"{left} bytes were lost.");
    });

    /// <summary>Each client sends a small message and waits for its echo, so many times.</summary>
    public Task EchoAsync(int clients, int messages) => TogetherAsync(clients, async link =>
    {
        await link.Stream.WriteAsync(RelayServer.Request(RelayServer.Wish.Echo));
        await ExchangeAsync(link, messages);
    });

    /// <summary>So many clients at a time connect, exchange a message and close, for so long.</summary>
    /// <returns>How many connections that were.</returns>
    public async Task<int> ConnectAsync(int clients, TimeSpan time)
    {
        int count = 0;
        long start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
        {
            while (Stopwatch.GetElapsedTime(start) < time)
            {
                await using Link link = await Link.OpenAsync(relay, tls: true);
                await link.Stream.WriteAsync(RelayServer.Request(RelayServer.Wish.Echo));
                await ExchangeAsync(link, messages: 1);
                Interlocked.Increment(ref count);
            }
        })));
        return count;
    }

    private static async Task ExchangeAsync(Link link, int messages)
    {
        byte[] message = new byte[MessageSize];
        for (int i = 0; i < messages; i++)
        {
            await link.Stream.WriteAsync(message);
            await link.Stream.ReadExactlyAsync(message);
        }
    }

    private Task TogetherAsync(int clients, Func<Link, Task> work) => Task.WhenAll(Enumerable.Range(0, clients).Select(_ => Task.Run(async () =>
    {
        await using Link link = await Link.OpenAsync(relay, tls: true);
        await work(link);
    })));
}
