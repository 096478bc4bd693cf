using System.IO.Pipelines;
using System.Text;
using Nerdbank.Streams;

namespace StreamPipes.Interop.Tests;

/// <summary>UsePipe of Nerdbank.Streams over streams of ours.</summary>
public sealed class UsePipeTests
{
    [Fact]
    public async Task UsePipe_carries_much_one_way_over_a_connection_as_a_stream()
    {
        (PipeConnection client, PipeConnection server) = await Pairs.OverSocketsAsync();
        IDuplexPipe theirs = client.AsPlainStream().UsePipe();
        byte[] bytes = Traffic.Big(4);
        Task<byte[]> receiving = Traffic.ReceiveAsync(server.Input);
        await Traffic.SendAsync(theirs.Output, bytes);
        await theirs.Input.CompleteAsync();
        (await receiving.Guarded()).AsSpan().SequenceEqual(bytes).Should().BeTrue("both ends of theirs are completed, so that it disposes our stream, which sends the end");
        await server.DisposeAsync().AsTask().Guarded();
        await client.Completion.Guarded();
    }

    [Fact]
    public async Task UsePipe_speaks_with_itself_over_two_connections()
    {
        (IDuplexPipe client, IDuplexPipe server) = await Pairs.UsePipeOverSocketsAsync();
        for (int i = 0; i < 1000; i++)
        {
            await client.Output.WriteAsync(BitConverter.GetBytes(i)).Guarded();
            ReadResult received = await server.Input.ReadAtLeastAsync(4).Guarded();
            await server.Output.WriteAsync(received.Buffer.First).Guarded();
            server.Input.AdvanceTo(received.Buffer.End);
            ReadResult answer = await client.Input.ReadAtLeastAsync(4).Guarded();
            BitConverter.ToInt32(answer.Buffer.FirstSpan).Should().Be(i);
            client.Input.AdvanceTo(answer.Buffer.End);
        }

        foreach (IDuplexPipe pipe in new[] { client, server })
        {
            await pipe.Output.CompleteAsync();
            await pipe.Input.CompleteAsync();
        }
    }

    [Fact]
    public async Task UsePipe_sees_our_half_close_and_can_still_answer()
    {
        (PipeConnection ours, PipeConnection under) = await Pairs.OverSocketsAsync();
        IDuplexPipe theirs = under.AsPlainStream().UsePipe();
        await ours.Output.WriteAsync("question"u8.ToArray()).Guarded();
        await ours.Output.CompleteAsync().AsTask().Guarded();
        Encoding.UTF8.GetString(await Traffic.ReceiveAsync(theirs.Input)).Should().Be("question");
        await theirs.Output.WriteAsync("answer"u8.ToArray()).Guarded();
        await theirs.Output.CompleteAsync();
        await theirs.Input.CompleteAsync();
        Encoding.UTF8.GetString(await Traffic.ReceiveAsync(ours.Input)).Should().Be("answer");
        await ours.DisposeAsync().AsTask().Guarded();
    }

    [Fact]
    public async Task A_reader_and_a_writer_of_theirs_leave_our_stream_open()
    {
        (IDuplexPipe near, IDuplexPipe far) = StreamPipes.DuplexPipe.CreatePair();
        await using Stream stream = near.AsPlainStream();
        PipeWriter writer = stream.UsePipeWriter();
        await writer.WriteAsync("ours"u8.ToArray()).Guarded();
        await writer.CompleteAsync();
        ReadResult received = await far.Input.ReadAtLeastAsync(4).Guarded();
        Encoding.UTF8.GetString(received.Buffer).Should().Be("ours");
        far.Input.AdvanceTo(received.Buffer.End);
        await far.Output.WriteAsync("theirs"u8.ToArray()).Guarded();
        await far.Output.CompleteAsync();
        Encoding.UTF8.GetString(await Traffic.ReceiveAsync(stream.UsePipeReader())).Should().Be("theirs");
        stream.CanWrite.Should().BeTrue();
    }
}
