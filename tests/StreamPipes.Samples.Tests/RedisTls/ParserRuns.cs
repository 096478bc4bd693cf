using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using RedisTls;

namespace StreamPipes.Samples.Tests.RedisTls;

/// <summary>The ways a parser gets its bytes: whole, in segments, in many small reads.</summary>
internal static class ParserRuns
{
    public delegate bool TryParse(ref ReadOnlySequence<byte> buffer, out string text);

    /// <summary>A parser of replies that gives each in its printed form.</summary>
    public static TryParse Replies(RespLimits? limits = null)
    {
        RespParser parser = new(limits ?? RespLimits.Default);
        return (ref ReadOnlySequence<byte> buffer, out string text) =>
        {
            bool isWhole = parser.TryParse(ref buffer, out RespValue? value);
            text = value?.ToString() ?? "";
            return isWhole;
        };
    }

    /// <summary>A parser of commands that gives each as its words.</summary>
    public static TryParse Commands(RespLimits? limits = null)
    {
        RespCommandParser parser = new(limits ?? RespLimits.Default);
        return (ref ReadOnlySequence<byte> buffer, out string text) =>
        {
            bool isWhole = parser.TryParse(ref buffer, out byte[][]? words);
            text = words is null ? "" : string.Join('|', words.Select(Encoding.Latin1.GetString));
            return isWhole;
        };
    }

    public static string[] Whole(this TryParse parse, string wire) => parse.Whole(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(wire)));

    public static string[] Whole(this TryParse parse, ReadOnlySequence<byte> buffer)
    {
        List<string> values = [];
        while (parse(ref buffer, out string text)) values.Add(text);
        return [.. values];
    }

    /// <summary>Feeds a growing buffer by <paramref name="size"/> bytes at a time; what was consumed is taken away, as a pipe does it.</summary>
    public static string[] Growing(this TryParse parse, byte[] wire, int size)
    {
        List<string> values = [];
        int consumed = 0;
        for (int end = Math.Min(size, wire.Length); ; end = Math.Min(end + size, wire.Length))
        {
            ReadOnlySequence<byte> buffer = SegmentedBytes.Of(wire[consumed..end], size);
            while (parse(ref buffer, out string text)) values.Add(text);
            consumed = end - (int)buffer.Length;
            if (end == wire.Length) return [.. values];
        }
    }

    /// <summary>Reads a pipe over a stream that gives at most <paramref name="size"/> bytes per read.</summary>
    public static async Task<string[]> ThroughPipeAsync(this TryParse parse, byte[] wire, int size)
    {
        List<string> values = [];
        PipeReader reader = PipeReader.Create(new ChunkingStream(new MemoryStream(wire), size));
        while (true)
        {
            ReadResult result = await reader.ReadAsync().Guarded();
            ReadOnlySequence<byte> buffer = result.Buffer;
            while (parse(ref buffer, out string text)) values.Add(text);
            reader.AdvanceTo(buffer.Start, buffer.End);
            if (!result.IsCompleted) continue;
            await reader.CompleteAsync().Guarded();
            return [.. values];
        }
    }
}
