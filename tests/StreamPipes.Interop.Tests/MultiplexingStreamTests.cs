using System.IO.Pipelines;
using System.Text;
using Nerdbank.Streams;

namespace StreamPipes.Interop.Tests;

/// <summary>MultiplexingStream over connections of ours, and connections of ours over its channels.</summary>
public sealed class MultiplexingStreamTests
{
    [Fact]
    public async Task Channels_over_sockets_carry_much_both_ways_at_once()
    {
        (PipeConnection client, PipeConnection server) = await Pairs.OverSocketsAsync();
        await ExchangeInChannelsAsync(client, server);
    }

    [Fact]
    public async Task Channels_over_pipes_in_memory_carry_much_both_ways_at_once()
    {
        (IDuplexPipe client, IDuplexPipe server) = StreamPipes.DuplexPipe.CreatePair();
        await ExchangeInChannelsAsync(client, server);
    }

    [Fact]
    public async Task A_channel_carries_a_connection_of_ours_with_a_half_close()
    {
        (PipeConnection client, PipeConnection server) = await Pairs.OverSocketsAsync();
        await using MultiplexingStream near = MultiplexingStream.Create(client.AsPlainStream(), Options());
        await using MultiplexingStream far = MultiplexingStream.Create(server.AsPlainStream(), Options());
        (MultiplexingStream.Channel there, MultiplexingStream.Channel here) = await OpenAsync(near, far, "ours");
        await using PipeConnection asking = StreamConnection.Create(there.AsPlainStream());
        await using PipeConnection answering = StreamConnection.Create(here.AsPlainStream());
        await asking.Output.WriteAsync("question"u8.ToArray()).Guarded();
        await asking.Output.CompleteAsync().AsTask().Guarded();
        Encoding.UTF8.GetString(await Traffic.ReceiveAsync(answering.Input)).Should().Be("question");
        await answering.Output.WriteAsync("answer"u8.ToArray()).Guarded();
        await answering.Output.CompleteAsync().AsTask().Guarded();
        Encoding.UTF8.GetString(await Traffic.ReceiveAsync(asking.Input)).Should().Be("answer");
    }

    [Fact]
    public async Task The_dispose_of_one_side_ends_the_connections_of_both()
    {
        (PipeConnection client, PipeConnection server) = await Pairs.OverSocketsAsync();
        MultiplexingStream near = MultiplexingStream.Create(client.AsPlainStream(), Options());
        MultiplexingStream far = MultiplexingStream.Create(server.AsPlainStream(), Options());
        await OpenAsync(near, far, "any");
        await near.DisposeAsync().AsTask().Guarded();
        await client.Completion.Guarded();
        await far.Completion.Guarded();
        await far.DisposeAsync().AsTask().Guarded();
        await server.Completion.Guarded();
        server.CloseReason.Should().Be(CloseReason.RemoteClose);
    }

    private static MultiplexingStream.Options Options() => new() { ProtocolMajorVersion = 3 };

    private static async Task ExchangeInChannelsAsync(IDuplexPipe client, IDuplexPipe server)
    {
        await using MultiplexingStream near = MultiplexingStream.Create(client.AsPlainStream(), Options());
        await using MultiplexingStream far = MultiplexingStream.Create(server.AsPlainStream(), Options());
        await Task.WhenAll(Enumerable.Range(0, 4).Select(ExchangeAsync)).Guarded();

        async Task ExchangeAsync(int number)
        {
            (MultiplexingStream.Channel there, MultiplexingStream.Channel here) = await OpenAsync(near, far, $"channel {number}");
            await Traffic.ExchangeAsync(there, here);
        }
    }

    private static async Task<(MultiplexingStream.Channel There, MultiplexingStream.Channel Here)> OpenAsync(MultiplexingStream near, MultiplexingStream far, string name)
    {
        Task<MultiplexingStream.Channel> offering = near.OfferChannelAsync(name, CancellationToken.None);
        Task<MultiplexingStream.Channel> accepting = far.AcceptChannelAsync(name, CancellationToken.None);
        return (await offering.Guarded(), await accepting.Guarded());
    }
}
