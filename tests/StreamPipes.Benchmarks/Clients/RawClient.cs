using System.Buffers;
using System.Diagnostics;
using StreamPipes.Benchmarks.Measuring;

namespace StreamPipes.Benchmarks.Clients;

/// <summary>What somebody writes who uses no pipe: one write for a message, a buffer of their own to read into.</summary>
internal class RawClient<TChannel>(TChannel channel, Func<ValueTask> close) : Client
    where TChannel : struct, IRawChannel
{
    private const int BufferSize = 32 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);

    protected TChannel Channel => channel;

    public override async Task SendAsync(ReadOnlyMemory<byte> message, int count)
    {
        for (int i = 0; i < count; i++) await channel.WriteAsync(message);
    }

    public override ValueTask SendOneAsync(ReadOnlyMemory<byte> message) => channel.WriteAsync(message);

    public override async Task ReceiveAsync(long bytes)
    {
        while (bytes > 0) bytes -= Received(await channel.ReadAsync(_buffer));
    }

    public override async Task ExchangeAsync(ReadOnlyMemory<byte> message, int count, Histogram? times)
    {
        for (int i = 0; i < count; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await channel.WriteAsync(message);
            int missing = message.Length;
            while (missing > 0) missing -= Received(await channel.ReadAsync(_buffer));
            times?.Add(Stopwatch.GetTimestamp() - start);
        }
    }

    public override async Task ServeLinesAsync(long lines, ReadOnlyMemory<byte> answer)
    {
        byte[] answers = new byte[BufferSize];
        int filled = 0;
        while (lines > 0)
        {
            filled += Received(await channel.ReadAsync(_buffer.AsMemory(filled)));
            int consumed = 0;
            int used = 0;
            while (Lines.Next(_buffer.AsSpan(consumed, filled - consumed)) is > 0 and int length)
            {
                consumed += length;
                lines--;
                if (used + answer.Length > answers.Length)
                {
                    await channel.WriteAsync(answers.AsMemory(0, used));
                    used = 0;
                }

                answer.CopyTo(answers.AsMemory(used));
                used += answer.Length;
            }

            _buffer.AsSpan(consumed, filled - consumed).CopyTo(_buffer);
            filled -= consumed;
            if (used > 0) await channel.WriteAsync(answers.AsMemory(0, used));
        }
    }

    public override async Task ReceiveRepliesAsync(Replies replies, long count)
    {
        while (count > 0)
        {
            int received = Received(await channel.ReadAsync(_buffer));
            count -= replies.Take(_buffer.AsSpan(0, received));
        }
    }

    public override async Task WaitAsync()
    {
        ReturnBuffer();
        await channel.ReadAsync(Memory<byte>.Empty);
    }

    public override async ValueTask DisposeAsync()
    {
        await close();
        ReturnBuffer();
    }

    private void ReturnBuffer()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private static int Received(int count) => count > 0 ? count : throw new EndOfStreamException("The peer hung up in the middle of a row.");
}
