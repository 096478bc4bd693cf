using System.Buffers;
using System.IO.Pipelines;

namespace StreamPipes.Tests.Defects;

/// <summary>Adapters that swallow bytes, count them the wrong way round, or take two steps at once (defects 4, 6, 9 and 23).</summary>
public sealed class ProtocolSwitchTests
{
    [Fact]
    public async Task After_the_input_is_completed_the_next_bytes_belong_to_whoever_reads_the_stream()
    {
        byte[] buffer = new byte[100];
        await using StreamPair pair = StreamPairs.Unknown();
        PipeConnection connection = StreamConnection.Create(pair.Client, new PipeConnectionOptions { LeaveOpen = true, SurvivesCanceledReads = true });
        await pair.Server.WriteAsync("plain"u8.ToArray()).Guarded();
        (await connection.Input.ReadTextAsync(5)).Should().Be("plain");

        // The end of the connection tells that the pump has left the stream, which cannot be read twice at a time.
        connection.Input.Complete();
        await pair.Server.WriteAsync("another protocol"u8.ToArray()).Guarded();
        connection.Output.Complete();
        await connection.Completion.Guarded();

        (await pair.Client.ReadAsync(buffer).Guarded()).Should().Be(16);
    }

    [Fact]
    public async Task Sent_and_received_bytes_are_counted_the_right_way_round()
    {
        PipeConnection connection = StreamConnection.Create(new ScriptedStream().Read("12345").Eof());
        await connection.Input.ReadTextAsync(5);
        connection.Output.Put("123"u8);
        await connection.DisposeAsync().Guarded();

        connection.BytesReceived.Should().Be(5);
        connection.BytesSent.Should().Be(3);
    }

    [Fact]
    public async Task The_stream_is_never_offered_a_sliver_to_read_into()
    {
        await using StreamPair pair = StreamPairs.Unknown();
        CountingStream counting = new(new ChunkingStream(pair.Client, readSize: 4089));
        await using PipeConnection connection = StreamConnection.Create(counting);
        byte[] payload = Payload.Seeded(1_000_000);
        Task sending = pair.Server.WriteAsync(payload).AsTask();

        Payload.HashOf(await connection.Input.TakeAsync(payload.Length)).Should().Be(Payload.HashOf(payload));

        await sending.Guarded();
        counting.SmallestRead.Should().BeGreaterThanOrEqualTo(4096);
        counting.Reads.Should().BeLessThan((payload.Length / 4089) + 10);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(7)]
    public async Task A_frame_that_arrives_in_pieces_arrives_whole(int readSize)
    {
        await using StreamPair pair = StreamPairs.Unknown();
        await using PipeConnection connection = StreamConnection.Create(new ChunkingStream(pair.Client, readSize));
        byte[][] frames = [.. Enumerable.Range(1, 50).Select(i => Payload.Seeded(i, i))];
        foreach (byte[] frame in frames) await pair.Server.WriteAsync(new byte[] { (byte)frame.Length }.Concat(frame).ToArray()).Guarded();

        foreach (byte[] frame in frames) (await ReadFrameAsync(connection.Input)).Should().Equal(frame);
    }

    private static async Task<byte[]> ReadFrameAsync(PipeReader reader)
    {
        ReadResult header = await reader.ReadAtLeastAsync(1).Guarded();
        int length = header.Buffer.FirstSpan[0];
        reader.AdvanceTo(header.Buffer.Start);
        ReadResult whole = await reader.ReadAtLeastAsync(1 + length).Guarded();
        byte[] frame = whole.Buffer.Slice(1, length).ToArray();
        reader.AdvanceTo(whole.Buffer.GetPosition(1 + length));
        return frame;
    }
}
