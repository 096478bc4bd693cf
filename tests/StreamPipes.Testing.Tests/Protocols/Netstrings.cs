using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace StreamPipes.Testing.Tests.Protocols;

/// <summary>A protocol to be tested, as a library would have it: texts as <c>5:hello,</c>, everything awaited with <c>ConfigureAwait(false)</c>.</summary>
internal static class Netstrings
{
    /// <returns>The next text; <see langword="null"/> at the end.</returns>
    public static async ValueTask<string?> ReadAsync(PipeReader reader, NetstringBug bug = NetstringBug.None, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            ReadResult result = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = result.Buffer;
            if (TryParse(ref buffer, bug, out string? text))
            {
                reader.AdvanceTo(buffer.Start);
                return text;
            }

            reader.AdvanceTo(bug == NetstringBug.ConsumesPartOfAMessage && buffer.Length > 40 ? buffer.End : buffer.Start, buffer.End);
            if (!result.IsCompleted) continue;
            return buffer.IsEmpty || bug == NetstringBug.TakesTheEndAnywhere ? null : throw new FormatException("the end came inside a message");
        }
    }

    public static async ValueTask WriteAsync(PipeWriter writer, string text, CancellationToken cancellationToken = default)
    {
        writer.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{text.Length}:{text},")));
        await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private static bool TryParse(ref ReadOnlySequence<byte> buffer, NetstringBug bug, out string? text)
    {
        text = null;
        SequenceReader<byte> reader = new(buffer);
        if (!reader.TryReadTo(out ReadOnlySequence<byte> digits, (byte)':')) return false;
        int length = int.Parse(Encoding.ASCII.GetString(digits), NumberStyles.None, CultureInfo.InvariantCulture);
        if (bug == NetstringBug.TakesAMessageForWhole && reader.Remaining > 0 && reader.Remaining < length) length = (int)reader.Remaining - 1;
        if (!reader.TryReadExact(length, out ReadOnlySequence<byte> message) || !reader.TryRead(out byte comma)) return false;
        if (comma != ',' && bug != NetstringBug.TakesAMessageForWhole) throw new FormatException("a message ends with a comma");
        text = Encoding.ASCII.GetString(message);
        buffer = buffer.Slice(reader.Position);
        return true;
    }
}
