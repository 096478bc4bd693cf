using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace StreamPipes.Tests.Detach;

/// <summary>Protocols of lines, as SMTP and NATS speak them.</summary>
internal static class CrLfLines
{
    /// <summary>Takes one line, and leaves what follows unexamined.</summary>
    public static async Task<string> ReadLineAsync(this PipeReader reader)
    {
        while (true)
        {
            ReadResult result = await reader.ReadAsync().Guarded();
            if (TryTake(result.Buffer, out ReadOnlySequence<byte> line, out SequencePosition next))
            {
                string text = Encoding.ASCII.GetString(line);
                reader.AdvanceTo(next);
                return text;
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            if (result.IsCompleted) throw new EndOfStreamException("The end within a line.");
        }
    }

    public static Task WriteLineAsync(this PipeWriter writer, string line) => writer.WriteTextAsync(line + "\r\n");

    private static bool TryTake(in ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> line, out SequencePosition next)
    {
        SequenceReader<byte> reader = new(buffer);
        bool isWhole = reader.TryReadTo(out line, "\r\n"u8);
        next = reader.Position;
        return isWhole;
    }
}
