using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Channels;

namespace StreamPipes.Benchmarks.Clients;

/// <summary>What client libraries write by hand: callers put their messages into a bounded channel, and one loop writes what lies in it and flushes when it is empty.</summary>
internal sealed class ChannelClient : PipeClient
{
    private const int Capacity = 1024;

    private readonly Channel<ReadOnlyMemory<byte>> _messages = Channel.CreateBounded<ReadOnlyMemory<byte>>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    public ChannelClient(PipeConnection connection)
        : base(connection.Input, connection.Output, connection.DisposeAsync) => _ = WriteAllAsync(connection.Output);

    public override bool TakesManyCallers => true;

    public override ValueTask SendOneAsync(ReadOnlyMemory<byte> message) => _messages.Writer.WriteAsync(message);

    public override ValueTask DisposeAsync()
    {
        _messages.Writer.Complete();
        return base.DisposeAsync();
    }

    private async Task WriteAllAsync(PipeWriter output)
    {
        while (await _messages.Reader.WaitToReadAsync())
        {
            while (_messages.Reader.TryRead(out ReadOnlyMemory<byte> message)) output.Write(message.Span);
            await output.FlushAsync();
        }
    }
}
