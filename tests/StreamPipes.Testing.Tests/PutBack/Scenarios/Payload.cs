namespace StreamPipes.Testing.Tests.PutBack.Scenarios;

/// <summary>Bytes that tell where in a conversation they belong.</summary>
internal static class Payload
{
    public static byte[] Create(int length) => [.. Enumerable.Range(0, length).Select(At)];

    /// <exception cref="InvalidOperationException">They are not what was sent.</exception>
    public static void Check(byte[] received, int length)
    {
        if (received.Length != length) throw new InvalidOperationException($"{received.Length} bytes came of {length}");
        for (int i = 0; i < length; i++)
        {
            if (received[i] != At(i)) throw new InvalidOperationException($"byte {i} is {received[i]} and not {At(i)}");
        }
    }

    /// <summary>Reads a stream to its end.</summary>
    public static async Task<byte[]> ReceiveAsync(Stream stream)
    {
        using MemoryStream received = new();
        byte[] buffer = new byte[1000];
        int read;
        while ((read = await stream.ReadAsync(buffer)) > 0) received.Write(buffer, 0, read);
        return received.ToArray();
    }

    private static byte At(int position) => (byte)((position * 7) ^ (position >> 8));
}
