using System.IO.Pipelines;

namespace StreamPipes.Interop.Tests;

/// <summary>What the tests send and how they check it.</summary>
internal static class Traffic
{
    /// <summary>More than all buffers on the way hold together, of a length that fits no block.</summary>
    public static byte[] Big(int seed)
    {
        byte[] bytes = new byte[(4 << 20) + 4321];
#pragma warning disable CA5394 // Nothing secret: the bytes only have to differ.
        new Random(seed).NextBytes(bytes);
#pragma warning restore CA5394
        return bytes;
    }

    /// <summary>Writes in pieces of many sizes, ends the direction, and says so only then.</summary>
    public static async Task SendAsync(PipeWriter output, byte[] bytes)
    {
        for (int start = 0, size = 1; start < bytes.Length; start += size, size = Math.Min((size * 3) + 1, 100_000))
        {
            await output.WriteAsync(bytes.AsMemory(start, Math.Min(size, bytes.Length - start))).Guarded();
        }

        await output.CompleteAsync().Guarded();
    }

    /// <summary>Reads to the end of the direction.</summary>
    public static async Task<byte[]> ReceiveAsync(PipeReader input)
    {
        using MemoryStream received = new();
        await input.CopyToAsync(received).Guarded();
        return received.ToArray();
    }

    /// <summary>Sends much in both directions at once, and then each sees the other's end.</summary>
    public static async Task ExchangeAsync(IDuplexPipe client, IDuplexPipe server)
    {
        byte[] there = Big(1);
        byte[] back = Big(2);
        Task<byte[]> atServer = ReceiveAsync(server.Input);
        Task<byte[]> atClient = ReceiveAsync(client.Input);
        await Task.WhenAll(SendAsync(client.Output, there), SendAsync(server.Output, back)).Guarded();
        (await atServer.Guarded()).AsSpan().SequenceEqual(there).Should().BeTrue();
        (await atClient.Guarded()).AsSpan().SequenceEqual(back).Should().BeTrue();
    }
}
