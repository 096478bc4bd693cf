using System.Security.Authentication;

namespace StreamPipes.Tests.Lifetime;

/// <summary>
/// Half-close under inbound traffic over TLS, where the framework's own shutdown beside a read that gets data throws or hangs in one
/// transfer out of fifteen. The rounds are those of <see cref="LongRun"/>.
/// </summary>
[Collection(nameof(RunsAlone))]
public sealed class TlsDuplexTransferTests
{
    [Theory]
    [InlineData(SslProtocols.Tls13, 1000)]
    [InlineData(SslProtocols.Tls12, 200)]
    public Task Both_sides_half_close_when_their_own_direction_ends_and_every_byte_is_there(SslProtocols protocol, int rounds) => LongRun.RepeatAsync(LongRun.Times(rounds), async round =>
    {
        await using StreamPair pair = await StreamPairs.TlsAsync(protocol);
        await using PipeConnection client = StreamConnection.Create(pair.Client);
        await using PipeConnection server = StreamConnection.Create(pair.Server);

        // One direction ends in the middle of the other, now this one, now that one.
        byte[] upload = Payload.Seeded(50_000 + (round % 7 * 30_000), round);
        byte[] download = Payload.Seeded(50_000 + (round % 5 * 40_000), round + 1);
        Task sending = Task.WhenAll(SendAsync(client, upload), SendAsync(server, download));
        Task<byte[]> uploaded = server.Input.TakeAllAsync();
        Task<byte[]> downloaded = client.Input.TakeAllAsync();

        Payload.HashOf(await uploaded.Guarded()).Should().Be(Payload.HashOf(upload));
        Payload.HashOf(await downloaded.Guarded()).Should().Be(Payload.HashOf(download));
        await sending.Guarded();
        client.Input.Complete();
        server.Input.Complete();
        await client.Completion.Guarded();
        await server.Completion.Guarded();
    });

    private static async Task SendAsync(PipeConnection connection, byte[] payload)
    {
        foreach (byte[] piece in payload.Chunk(9_999)) await connection.Output.WriteAsync(piece).Guarded();
        await connection.Output.CompleteAsync().Guarded();
    }
}
