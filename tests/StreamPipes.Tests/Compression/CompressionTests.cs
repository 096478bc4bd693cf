namespace StreamPipes.Tests.Compression;

/// <summary>Compression over the two halves of every carrier.</summary>
public sealed class CompressionTests
{
    [Theory]
    [EveryCodec]
    public async Task An_exchange_of_small_messages_never_stalls(Codec codec, Carrier carrier)
    {
        await using CompressedPair pair = await CompressedPair.ConnectAsync(codec, carrier);
        for (int i = 0; i < 1000; i++)
        {
            string text = $"message {i:D4}";
            await pair.Client.Output.WriteTextAsync(text);
            (await pair.Server.Input.ReadTextAsync(text.Length)).Should().Be(text);
            await pair.Server.Output.WriteTextAsync(text);
            (await pair.Client.Input.ReadTextAsync(text.Length)).Should().Be(text);
        }
    }

    [Theory]
    [EveryCodec]
    public async Task CompleteAsync_is_a_clean_end_for_the_peer_who_can_still_answer(Codec codec, Carrier carrier)
    {
        await using CompressedPair pair = await CompressedPair.ConnectAsync(codec, carrier);

        await pair.Client.Output.WriteTextAsync("question");
        await pair.Client.Output.CompleteAsync().Guarded();

        (await pair.Server.Input.ReadTextAsync(8)).Should().Be("question");
        await pair.Server.Input.ShouldEndAsync();
        await pair.Server.Output.WriteTextAsync("answer");
        (await pair.Client.Input.ReadTextAsync(6)).Should().Be("answer");
        await pair.Server.Output.CompleteAsync().Guarded();
        await pair.Client.Input.ShouldEndAsync();
        await pair.Client.Completion.Guarded();
        await pair.Server.Completion.Guarded();
    }

    [Theory]
    [EveryCodec]
    public async Task Large_transfers_in_both_directions_at_once_arrive_whole(Codec codec, Carrier carrier)
    {
        Codec other = codec == Codec.Brotli ? Codec.GZip : Codec.Brotli;
        await using CompressedPair pair = await CompressedPair.ConnectAsync(codec, other, carrier);
        byte[] upload = Compressible(1_500_000, seed: 1);
        byte[] download = Compressible(1_200_000, seed: 2);

        Task sending = Task.WhenAll(SendAsync(pair.Client, upload), SendAsync(pair.Server, download));
        Task<byte[]> uploaded = pair.Server.Input.TakeAllAsync();
        Task<byte[]> downloaded = pair.Client.Input.TakeAllAsync();

        Payload.HashOf(await uploaded.Guarded()).Should().Be(Payload.HashOf(upload));
        Payload.HashOf(await downloaded.Guarded()).Should().Be(Payload.HashOf(download));
        await sending.Guarded();
        await pair.Client.Completion.Guarded();
        await pair.Server.Completion.Guarded();
    }

    [Theory]
    [EveryCodec]
    public async Task What_was_written_and_not_flushed_is_sent_by_dispose(Codec codec, Carrier carrier)
    {
        await using CompressedPair pair = await CompressedPair.ConnectAsync(codec, carrier);
        pair.Client.Output.Put("unflushed"u8);

        Task disposing = pair.Client.DisposeAsync().AsTask();

        (await pair.Server.Input.ReadTextAsync(9)).Should().Be("unflushed");
        await pair.Server.Input.ShouldEndAsync();
        await pair.Server.DisposeAsync().Guarded();
        await disposing.Guarded();
    }

    private static async Task SendAsync(PipeConnection connection, byte[] payload)
    {
        foreach (byte[] piece in payload.Chunk(33_333)) await connection.Output.WriteAsync(piece).Guarded();
        await connection.Output.CompleteAsync().Guarded();
    }

    /// <summary>Long runs and noise: both paths of a compressor.</summary>
    private static byte[] Compressible(int length, int seed)
    {
        byte[] bytes = Payload.Seeded(length, seed);
        for (int i = 0; i < length; i += 20_000) bytes.AsSpan(i, Math.Min(10_000, length - i)).Fill((byte)(i / 20_000));
        return bytes;
    }
}
