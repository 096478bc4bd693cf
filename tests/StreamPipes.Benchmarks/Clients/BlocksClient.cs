using StreamPipes.Benchmarks.Links;

namespace StreamPipes.Benchmarks.Clients;

/// <summary>Sends the same bytes as the others in writes of 32 KiB: as fast as this stream can be.</summary>
internal sealed class BlocksClient(Link link) : RawClient<StreamChannel>(new StreamChannel(link.Stream), link.CloseAsync)
{
    private readonly byte[] _block = new byte[32 * 1024];

    public override async Task SendAsync(ReadOnlyMemory<byte> message, int count)
    {
        long missing = (long)message.Length * count;
        while (missing > 0)
        {
            int length = (int)Math.Min(missing, _block.Length);
            await Channel.WriteAsync(_block.AsMemory(0, length));
            missing -= length;
        }
    }
}
