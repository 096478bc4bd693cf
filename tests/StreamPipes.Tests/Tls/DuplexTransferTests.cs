#if !LIBRARY_NETSTANDARD
using System.Security.Authentication;

namespace StreamPipes.Tests.Tls;

/// <summary>
/// Each side half-closes when its own direction ends, in the middle of what the other one sends: 100 transfers, 1,000 in a long run.
/// </summary>
[Collection(nameof(RunsAlone))]
public sealed class DuplexTransferTests
{
    [Theory]
    [InlineData(SslProtocols.Tls13)]
    [InlineData(SslProtocols.Tls12)]
    public Task No_TLS_transfer_both_ways_hangs_or_throws_and_every_byte_arrives(SslProtocols protocol) => LongRun.RepeatAsync(LongRun.Times(100), async round =>
    {
        await using TlsPair pair = await TlsPair.OverSocketsAsync(protocol);
        byte[] upload = Payload.Seeded(40_000 + (round % 7 * 40_000), round);
        byte[] download = Payload.Seeded(40_000 + (round % 5 * 60_000), round + 1);
        Task sending = Task.WhenAll(SendAsync(pair.Client, upload), SendAsync(pair.Server, download));
        Task<byte[]> uploaded = pair.Server.Input.TakeAllAsync();
        Task<byte[]> downloaded = pair.Client.Input.TakeAllAsync();

        Payload.HashOf(await uploaded.Guarded()).Should().Be(Payload.HashOf(upload));
        Payload.HashOf(await downloaded.Guarded()).Should().Be(Payload.HashOf(download));
        await sending.Guarded();
        await pair.Client.Completion.Guarded();
        await pair.Server.Completion.Guarded();
        pair.Client.BytesReceived.Should().Be(download.Length);
        pair.Client.BytesSent.Should().Be(upload.Length);
    });

    private static async Task SendAsync(PipeConnection connection, byte[] payload)
    {
        foreach (byte[] piece in payload.Chunk(9_999)) await connection.Output.WriteAsync(piece).Guarded();
        await connection.Output.CompleteAsync().Guarded();
    }
}
#endif
