using System.IO.Pipelines;

namespace StreamPipes.Benchmarks.Contenders;

/// <summary>Two pipes and a loop for each, as introductory articles show them: default options, no error handling to speak of.</summary>
internal sealed class TextbookPumps
{
    private const int MinimumBufferSize = 512;

    private readonly Stream _stream;
    private readonly Pipe _receive = new();
    private readonly Pipe _send = new();
    private readonly Task _filling;
    private readonly Task _sending;

    public TextbookPumps(Stream stream)
    {
        _stream = stream;
        _filling = FillPipeAsync(_receive.Writer);
        _sending = ReadPipeAsync(_send.Reader);
    }

    public PipeReader Input => _receive.Reader;

    public PipeWriter Output => _send.Writer;

    /// <summary>Waits until everything written has gone out.</summary>
    public async Task CompleteOutputAsync()
    {
        await Output.CompleteAsync();
        await _sending;
    }

    /// <summary>Waits until the peer has closed, which the receiving loop sees.</summary>
    public async Task CompleteInputAsync()
    {
        await _filling;
        await Input.CompleteAsync();
    }

    private async Task FillPipeAsync(PipeWriter writer)
    {
        while (true)
        {
            Memory<byte> memory = writer.GetMemory(MinimumBufferSize);
            int count = await _stream.ReadAsync(memory);
            if (count == 0) break;
            writer.Advance(count);
            FlushResult result = await writer.FlushAsync();
            if (result.IsCompleted) break;
        }

        await writer.CompleteAsync();
    }

    private async Task ReadPipeAsync(PipeReader reader)
    {
        while (true)
        {
            ReadResult result = await reader.ReadAsync();
            foreach (ReadOnlyMemory<byte> segment in result.Buffer) await _stream.WriteAsync(segment);
            await _stream.FlushAsync();
            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) break;
        }

        await reader.CompleteAsync();
    }
}
