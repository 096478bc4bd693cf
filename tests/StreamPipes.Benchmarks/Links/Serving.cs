namespace StreamPipes.Benchmarks.Links;

/// <summary>What blocking peers do. Each returns at the end of the stream.</summary>
internal static class Serving
{
    private const int BufferSize = 32 * 1024;

    /// <summary>Sends back whatever comes.</summary>
    public static void Echo(Stream stream)
    {
        byte[] buffer = new byte[BufferSize];
        while (stream.Read(buffer) is > 0 and int count) stream.Write(buffer, 0, count);
    }

    /// <summary>Sends back whatever comes, after a while.</summary>
    public static void Echo(Stream stream, TimeSpan pause)
    {
        byte[] buffer = new byte[BufferSize];
        while (stream.Read(buffer) is > 0 and int count)
        {
            Thread.Sleep(pause);
            stream.Write(buffer, 0, count);
        }
    }

    /// <summary>Answers one byte for every so many received: the sender's clock stops when it has that byte.</summary>
    public static void Acknowledge(Stream stream, long batchBytes)
    {
        byte[] buffer = new byte[2 * BufferSize];
        byte[] acknowledgement = [1];
        long missing = batchBytes;
        while (stream.Read(buffer) is > 0 and int count)
        {
            missing -= count;
            while (missing <= 0)
            {
                stream.Write(acknowledgement);
                missing += batchBytes;
            }
        }
    }

    /// <inheritdoc cref="Acknowledge"/>
    public static async Task AcknowledgeAsync(Stream stream, long batchBytes)
    {
        byte[] buffer = new byte[4096];
        byte[] acknowledgement = [1];
        long missing = batchBytes;
        while (await stream.ReadAsync(buffer) is > 0 and int count)
        {
            missing -= count;
            while (missing <= 0)
            {
                await stream.WriteAsync(acknowledgement);
                missing += batchBytes;
            }
        }
    }

    /// <summary>Sends a block so many times for every byte received.</summary>
    public static void SendOnRequest(Stream stream, ReadOnlyMemory<byte> block, int count)
    {
        byte[] request = new byte[1];
        while (stream.Read(request) > 0)
        {
            for (int i = 0; i < count; i++) stream.Write(block.Span);
        }
    }
}
