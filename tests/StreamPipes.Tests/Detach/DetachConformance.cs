namespace StreamPipes.Tests.Detach;

/// <summary>The row "DetachAsync" of the lifetime table, over each kind of transport: a subclass connects.</summary>
public abstract partial class DetachConformance
{
    private protected abstract Task<DetachPair> ConnectAsync(PipeConnectionOptions? options = null);

    /// <summary>Waits until that many bytes have been received, and consumes none.</summary>
    private protected static async Task ReceiveAsync(PipeConnection connection, int count)
    {
        while (true)
        {
            System.IO.Pipelines.ReadResult result = await connection.Input.ReadAsync().Guarded();
            bool isEnough = result.Buffer.Length >= count;
            connection.Input.AdvanceTo(result.Buffer.Start, isEnough ? result.Buffer.Start : result.Buffer.End);
            if (isEnough) return;
        }
    }

    private protected static async Task ShouldReceiveAsync(Stream stream, byte[] expected)
    {
        byte[] got = new byte[expected.Length];
        await stream.ReadExactlyAsync(got).Guarded();
        Payload.HashOf(got).Should().Be(Payload.HashOf(expected));
    }

    private protected static async Task ShouldTalkAsync(Stream stream, Stream peer)
    {
        await stream.WriteAsync("hello"u8.ToArray()).Guarded();
        await stream.FlushAsync().Guarded();
        await ShouldReceiveAsync(peer, "hello"u8.ToArray());
        await peer.WriteAsync("howdy"u8.ToArray()).Guarded();
        await peer.FlushAsync().Guarded();
        await ShouldReceiveAsync(stream, "howdy"u8.ToArray());
    }

    private protected static async Task ShouldTalkAsync(PipeConnection connection, Stream peer)
    {
        await connection.Output.WriteTextAsync("hello");
        await ShouldReceiveAsync(peer, "hello"u8.ToArray());
        await peer.WriteAsync("howdy"u8.ToArray()).Guarded();
        await peer.FlushAsync().Guarded();
        (await connection.Input.ReadTextAsync(5)).Should().Be("howdy");
    }
}
