using System.Buffers;
using System.IO.Pipelines;

namespace StreamPipes.Tests.Conformance;

public abstract partial class DuplexPipeConformance
{
    private const int LargeTransfer = 16 * 1024 * 1024;

    [Fact]
    public async Task Bytes_arrive_in_both_directions()
    {
        await using ConnectedPair pair = await ConnectAsync();

        await PipeExtensions.ShouldTalkAsync(pair.Client, pair.Server);
        await PipeExtensions.ShouldTalkAsync(pair.Server, pair.Client);
    }

    [Fact]
    public async Task Ping_pong_goes_on_for_a_thousand_rounds()
    {
        await using ConnectedPair pair = await ConnectAsync();
        Task echo = EchoAsync(pair.Server, 1000);

        for (int i = 0; i < 1000; i++)
        {
            string message = $"ping {i:D4}";
            await pair.Client.Output.WriteTextAsync(message);
            (await pair.Client.Input.ReadTextAsync(message.Length)).Should().Be(message);
        }

        await echo.Guarded();
    }

    [Fact]
    public async Task Sixteen_mebibytes_each_way_in_awkward_sizes_arrive_intact()
    {
        await using ConnectedPair pair = await ConnectAsync();

        await TransferBothWaysAsync(pair, LargeTransfer);
    }

    [Fact]
    public async Task Many_small_flushes_arrive_in_order()
    {
        await using ConnectedPair pair = await ConnectAsync();
        byte[] payload = Payload.Seeded(80_000);
        Task<byte[]> received = pair.Server.Input.TakeAsync(payload.Length);

        for (int i = 0; i < payload.Length; i += 8) await pair.Client.Output.WriteAsync(payload.AsMemory(i, 8)).Guarded();

        (await received.Guarded()).Should().Equal(payload);
    }

    [Fact]
    public async Task Reads_that_are_cancelled_all_the_time_lose_no_byte()
    {
        await using ConnectedPair pair = await ConnectAsync();
        byte[] payload = Payload.Seeded(1_000_000);
        Task sending = SendAsync(pair.Client.Output, payload, seed: 3);
        ArrayBufferWriter<byte> received = new();

        while (received.WrittenCount < payload.Length)
        {
            using CancellationTokenSource source = new();
            Task<ReadResult> read = pair.Server.Input.ReadAsync(source.Token).AsTask();
            await source.CancelAsync();
            try
            {
                ReadResult result = await read.Guarded();
                foreach (ReadOnlyMemory<byte> memory in result.Buffer) received.Write(memory.Span);
                pair.Server.Input.AdvanceTo(result.Buffer.End);
            }
            catch (OperationCanceledException)
            {
                // What this test is about: nothing may be missing afterwards. A read that is not cancelled lets the bytes come.
                ReadResult result = await pair.Server.Input.ReadAsync().Guarded();
                pair.Server.Input.AdvanceTo(result.Buffer.Start);
            }
        }

        await sending.Guarded();
        received.WrittenSpan.SequenceEqual(payload).Should().BeTrue();
    }

    private protected static async Task TransferBothWaysAsync(ConnectedPair pair, int length)
    {
        byte[] there = Payload.Seeded(length, seed: 1);
        byte[] back = Payload.Seeded(length, seed: 2);

        Task sendingThere = SendAsync(pair.Client.Output, there, seed: 3);
        Task sendingBack = SendAsync(pair.Server.Output, back, seed: 4);
        Task<byte[]> receivedThere = ReceiveAsync(pair.Server.Input, length, seed: 5);
        Task<byte[]> receivedBack = ReceiveAsync(pair.Client.Input, length, seed: 6);

        await Task.WhenAll(sendingThere, sendingBack, receivedThere, receivedBack);
        Payload.HashOf(await receivedThere).Should().Be(Payload.HashOf(there));
        Payload.HashOf(await receivedBack).Should().Be(Payload.HashOf(back));
    }

    /// <summary>Sends in awkward sizes, sometimes several pieces to a flush.</summary>
    private static async Task SendAsync(PipeWriter writer, byte[] payload, int seed)
    {
        Random random = Payload.NewRandom(seed);
        for (int sent = 0; sent < payload.Length;)
        {
            int size = Math.Min(payload.Length - sent, Payload.AwkwardSizes[random.Next(Payload.AwkwardSizes.Length)]);
            ReadOnlyMemory<byte> piece = payload.AsMemory(sent, size);
            sent += size;
            if (random.Next(3) == 0) writer.Put(piece.Span);
            else await writer.WriteAsync(piece).Guarded();
        }

        await writer.FlushAsync().Guarded();
    }

    /// <summary>Receives with awkward steps: takes a part, all, or nothing but a look.</summary>
    private static async Task<byte[]> ReceiveAsync(PipeReader reader, int length, int seed)
    {
        Random random = Payload.NewRandom(seed);
        ArrayBufferWriter<byte> received = new(length);
        while (received.WrittenCount < length)
        {
            ReadResult result = await reader.ReadAsync().Guarded();
            ReadOnlySequence<byte> buffer = result.Buffer;
            bool isLast = received.WrittenCount + buffer.Length == length;
            switch (random.Next(8))
            {
                case 0 when !isLast && buffer.Length < 4096:
                    reader.AdvanceTo(buffer.Start, buffer.End);
                    break;
                case < 4:
                    ReadOnlySequence<byte> part = buffer.Slice(0, Math.Min(buffer.Length, Payload.AwkwardSizes[random.Next(Payload.AwkwardSizes.Length)]));
                    foreach (ReadOnlyMemory<byte> memory in part) received.Write(memory.Span);
                    reader.AdvanceTo(part.End);
                    break;
                default:
                    foreach (ReadOnlyMemory<byte> memory in buffer) received.Write(memory.Span);
                    reader.AdvanceTo(buffer.End);
                    break;
            }
        }

        return received.WrittenSpan.ToArray();
    }

    private static async Task EchoAsync(IDuplexPipe pipe, int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            byte[] bytes = await pipe.Input.TakeAsync(9);
            await pipe.Output.WriteAsync(bytes).Guarded();
        }
    }
}
