using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace StreamPipes.Tests.Testing;

/// <summary>What tests do with pipes again and again. Every wait has its <see cref="HangGuard"/>.</summary>
internal static class PipeExtensions
{
    public static async Task WriteTextAsync(this PipeWriter writer, string text) => await writer.WriteAsync(Encoding.UTF8.GetBytes(text)).Guarded();

    /// <summary>Asks for a page by HTTP, as the last request of the connection.</summary>
    public static async Task<string> GetPageAsync(this IDuplexPipe server)
    {
        await server.Output.WriteTextAsync("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        return Encoding.ASCII.GetString(await server.Input.TakeAllAsync());
    }

    /// <summary>Writes without a flush.</summary>
    public static void Put(this PipeWriter writer, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(writer.GetSpan(bytes.Length));
        writer.Advance(bytes.Length);
    }

    public static async Task<string> ReadTextAsync(this PipeReader reader, int length) => Encoding.UTF8.GetString(await reader.TakeAsync(length));

    /// <summary>Takes exactly that many bytes, and leaves the rest unexamined.</summary>
    public static async Task<byte[]> TakeAsync(this PipeReader reader, int count, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            ReadResult result = await reader.ReadAsync(cancellationToken).Guarded();
            if (result.Buffer.Length >= count)
            {
                ReadOnlySequence<byte> taken = result.Buffer.Slice(0, count);
                byte[] bytes = taken.ToArray();
                reader.AdvanceTo(taken.End);
                return bytes;
            }

            if (result.IsCompleted) throw new EndOfStreamException($"The end after {result.Buffer.Length} of {count} bytes.");
            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    /// <summary>Takes everything up to the end.</summary>
    public static async Task<byte[]> TakeAllAsync(this PipeReader reader)
    {
        ArrayBufferWriter<byte> bytes = new();
        while (true)
        {
            ReadResult result = await reader.ReadAsync().Guarded();
            foreach (ReadOnlyMemory<byte> memory in result.Buffer) bytes.Write(memory.Span);
            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) return bytes.WrittenSpan.ToArray();
        }
    }

    /// <summary>Reads and expects the end, with nothing before it.</summary>
    public static async Task ShouldEndAsync(this PipeReader reader)
    {
        ReadResult result = await reader.ReadAsync().Guarded();
        result.IsCompleted.Should().BeTrue();
        result.IsCanceled.Should().BeFalse();
        result.Buffer.Length.Should().Be(0);
        reader.AdvanceTo(result.Buffer.End);
    }

    /// <summary>Proves that two ends still talk, in both directions.</summary>
    public static async Task ShouldTalkAsync(IDuplexPipe client, IDuplexPipe server)
    {
        await client.Output.WriteTextAsync("are you there?");
        (await server.Input.ReadTextAsync(14)).Should().Be("are you there?");
        await server.Output.WriteTextAsync("yes");
        (await client.Input.ReadTextAsync(3)).Should().Be("yes");
    }
}
