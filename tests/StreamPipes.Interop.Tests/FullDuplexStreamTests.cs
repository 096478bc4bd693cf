using System.IO.Pipelines;
using System.Text;
using Nerdbank.Streams;

namespace StreamPipes.Interop.Tests;

/// <summary>The in-memory streams and pipes of Nerdbank.Streams under connections of ours.</summary>
public sealed class FullDuplexStreamTests
{
    [Fact]
    public async Task A_pair_of_streams_carries_much_both_ways()
    {
        (PipeConnection client, PipeConnection server) = Pairs.OverFullDuplexStreams();
        await Task.WhenAll(ExchangeSmallAsync(client.Output, server.Input, "there"), ExchangeSmallAsync(server.Output, client.Input, "back"));
        byte[] bytes = Traffic.Big(3);
        Task<byte[]> receiving = TakeAsync(server.Input, bytes.Length);
        await client.Output.WriteAsync(bytes).Guarded();
        (await receiving.Guarded()).AsSpan().SequenceEqual(bytes).Should().BeTrue();
        await Task.WhenAll(client.DisposeAsync().AsTask(), server.DisposeAsync().AsTask()).Guarded();
        client.BytesSent.Should().Be(server.BytesReceived);
    }

    [Fact]
    public async Task The_end_of_a_connection_is_the_end_at_the_other_side()
    {
        (PipeConnection client, PipeConnection server) = Pairs.OverFullDuplexStreams();
        await client.Output.WriteAsync("last words"u8.ToArray()).Guarded();
        await client.DisposeAsync().AsTask().Guarded();
        Encoding.UTF8.GetString(await Traffic.ReceiveAsync(server.Input)).Should().Be("last words");
        await server.DisposeAsync().AsTask().Guarded();
        server.CloseReason.Should().Be(CloseReason.RemoteClose);
    }

    [Fact]
    public async Task A_pair_of_pipes_carries_much_both_ways_as_streams_under_connections()
    {
        (IDuplexPipe near, IDuplexPipe far) = FullDuplexStream.CreatePipePair();
        await using PipeConnection client = StreamConnection.Create(near.AsPlainStream());
        await using PipeConnection server = StreamConnection.Create(far.AsPlainStream());
        await Traffic.ExchangeAsync(client, server);
    }

    [Fact]
    public async Task Two_one_way_streams_of_theirs_are_one_connection()
    {
        SimplexStream there = new();
        SimplexStream back = new();
        await using PipeConnection client = StreamConnection.Create(back, there);
        await client.Output.WriteAsync("there"u8.ToArray()).Guarded();
        byte[] buffer = new byte[5];
        await there.ReadExactlyAsync(buffer).AsTask().Guarded();
        Encoding.UTF8.GetString(buffer).Should().Be("there");
        await back.WriteAsync("back"u8.ToArray()).AsTask().Guarded();
        await back.FlushAsync().Guarded();
        Encoding.UTF8.GetString(await TakeAsync(client.Input, 4)).Should().Be("back");
    }

    private static async Task ExchangeSmallAsync(PipeWriter output, PipeReader input, string text)
    {
        await output.WriteAsync(Encoding.UTF8.GetBytes(text)).Guarded();
        Encoding.UTF8.GetString(await TakeAsync(input, text.Length)).Should().Be(text);
    }

    private static async Task<byte[]> TakeAsync(PipeReader input, int count)
    {
        byte[] taken = new byte[count];
        await input.AsStream(leaveOpen: true).ReadExactlyAsync(taken).AsTask().Guarded();
        return taken;
    }
}
