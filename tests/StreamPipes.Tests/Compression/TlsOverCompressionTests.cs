#if !LIBRARY_NETSTANDARD
using StreamPipes.Tests.Tls;

namespace StreamPipes.Tests.Compression;

/// <summary>TLS inside compression, and compression inside TLS inside compression.</summary>
public sealed class TlsOverCompressionTests
{
    [Theory]
    [EveryCodec]
    public async Task TLS_over_a_compressed_connection_talks_and_ends(Codec codec, Carrier carrier)
    {
        CompressedPair compressed = await CompressedPair.ConnectAsync(codec, carrier);
        await using TlsPair tls = await MeetAsync(compressed);

        for (int i = 0; i < 100; i++) await PipeExtensions.ShouldTalkAsync(tls.Client, tls.Server);

        await tls.Client.Output.CompleteAsync().Guarded();
        await tls.Server.Input.ShouldEndAsync();
        await tls.Server.Output.WriteTextAsync("late");
        (await tls.Client.Input.ReadTextAsync(4)).Should().Be("late");
        await tls.Server.Output.CompleteAsync().Guarded();
        await tls.Client.Input.ShouldEndAsync();
        await tls.Client.Completion.Guarded();
        await tls.Server.Completion.Guarded();

        // Who has had the end of TLS does not wait for the trailer below it: of these two one may fail, but both end.
        await Task.WhenAny(compressed.Client.Completion).Guarded();
        await Task.WhenAny(compressed.Server.Completion).Guarded();
    }

    [Fact]
    public async Task Compression_over_TLS_over_compression_carries_a_large_transfer()
    {
        await using TlsPair tls = await MeetAsync(await CompressedPair.ConnectAsync(Codec.Brotli, Carrier.Socket));
        await using CompressedPair pair = new(CompressedPair.Over(tls.Client, Codec.GZip, Codec.ZLib), CompressedPair.Over(tls.Server, Codec.ZLib, Codec.GZip));
        byte[] payload = Payload.Seeded(1_000_000);
        Task<byte[]> received = pair.Server.Input.TakeAllAsync();

        foreach (byte[] piece in payload.Chunk(7_777)) await pair.Client.Output.WriteAsync(piece).Guarded();
        await pair.Client.Output.CompleteAsync().Guarded();

        Payload.HashOf(await received.Guarded()).Should().Be(Payload.HashOf(payload));
    }

    private static Task<TlsPair> MeetAsync(CompressedPair pair) => TlsPair.MeetAsync(
        TlsConnection.AuthenticateAsClientAsync(pair.Client, TlsOptions.Client()), TlsConnection.AuthenticateAsServerAsync(pair.Server, TlsOptions.Server()));
}
#endif
