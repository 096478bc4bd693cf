using System.IO.Pipelines;

namespace StreamPipes.Tests.Stacking;

/// <summary>Writers that ask for memory again and again, in awkward sizes, also while a flush is on its way.</summary>
public sealed class StackWriterTests
{
    public static TheoryData<int> Sizes => [.. Payload.AwkwardSizes];

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Memory_is_filled_piece_by_piece_beside_a_flush(int pieceSize)
    {
        (Stack client, Stack server) = await Stack.CreatePairAsync();
        byte[] payload = Payload.Seeded(Math.Min(400_000, pieceSize * 2000), pieceSize);
        Task<byte[]> received = server.Top.Input.TakeAllAsync();

        ValueTask<FlushResult> flush = default;
        int pieces = 0;
        for (int sent = 0; sent < payload.Length; pieces++)
        {
            int count = Math.Min(pieceSize, payload.Length - sent);
            Fill(client.Top.Output, payload.AsSpan(sent, count));
            sent += count;
            if (pieces % 7 != 0) continue;
            await flush.Guarded();
            flush = client.Top.Output.FlushAsync();
        }

        await flush.Guarded();
        await client.Top.Output.CompleteAsync().Guarded();
        Payload.HashOf(await received.Guarded()).Should().Be(Payload.HashOf(payload));
        await Stack.DisposeBothAsync(client, server);
    }

    /// <summary>Asks for less than there is to write, and takes what it gets.</summary>
    private static void Fill(PipeWriter writer, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            Span<byte> memory = writer.GetSpan(1);
            int count = Math.Min(memory.Length, bytes.Length);
            bytes[..count].CopyTo(memory);
            writer.Advance(count);
            bytes = bytes[count..];
        }
    }
}
