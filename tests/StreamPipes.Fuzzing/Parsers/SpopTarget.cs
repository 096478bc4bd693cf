using System.Buffers;
using System.Text;
using SpoaAgent;

namespace StreamPipes.Fuzzing.Parsers;

/// <summary>
/// SPOP as the agent reads it: frames, fragments, the HELLO, the messages of a NOTIFY. The same from all pieces, and a frame that is written again is the same. The
/// first byte is the pieces, the second how many bytes of fragments are kept.
/// </summary>
internal sealed class SpopTarget : FuzzTarget
{
    private const int MaxFrameSize = 1024;

    private static readonly DemoHandler Handler = new(new BlockList([], TimeSpan.Zero));

    public override string Name => "spop";

    public override IEnumerable<byte[]> Seeds()
    {
        byte[] hello = Payload(payload =>
        {
            payload.WriteName("supported-versions");
            payload.WriteValue("1.0, 2.0");
            payload.WriteName("max-frame-size");
            payload.WriteValue(300u);
            payload.WriteName("capabilities");
            payload.WriteValue("pipelining");
            payload.WriteName("healthcheck");
            payload.WriteValue(value: true);
        });
        byte[] notify = Payload(payload =>
        {
            payload.WriteName("check-ip");
            payload.WriteByte(2);
            payload.WriteName("ip");
            payload.WriteValue(System.Net.IPAddress.Loopback);
            payload.WriteName("id");
            payload.WriteValue(123456789012L);
            payload.WriteName("scan-body");
            payload.WriteByte(1);
            payload.WriteName("body");
            payload.WriteValue("some bytes"u8);
        });
        byte[] first = FrameOf(FrameType.Notify, FrameFlags.None, 7, notify.AsSpan(0, 9));
        byte[] last = FrameOf(FrameType.Unset, FrameFlags.Final, 7, notify.AsSpan(9));
        yield return [1, 10, .. FrameOf(FrameType.HaproxyHello, FrameFlags.Final, 0, hello), .. FrameOf(FrameType.Notify, FrameFlags.Final, 300, notify)];
        yield return [2, 10, .. first, .. last, .. FrameOf(FrameType.HaproxyDisconnect, FrameFlags.Final, 0, [])];
        yield return [3, 0, .. first, .. last];
        yield return [4, 10, .. first, .. FrameOf(FrameType.Unset, FrameFlags.Final | FrameFlags.Abort, 7, []), .. last];
        yield return [5, 10, .. first, .. FrameOf(FrameType.HaproxyDisconnect, FrameFlags.Final, 0, [])];
        yield return [7, 10, 0, 0, 0, 17, 3, 0, 0, 0, 1, 240, 255, 255, 255, 255, 255, 255, 255, 255, 255, 15, 1];
        yield return [6, 10, .. first, .. FrameOf(FrameType.Notify, FrameFlags.Final, 8, notify)];
    }

    public override void Run(byte[] input)
    {
        FuzzBytes bytes = new(input);
        byte seed = bytes.Next();
        int kept = 4 * bytes.Next();
        byte[] wire = bytes.Rest();
        Parsing whole = Parsing.Whole(Parser(kept), wire, ErrorOf);
        whole.MustEqual(Parsing.InPieces(Parser(kept), wire, seed, ErrorOf), "in pieces");
        MustAgree(whole, new PlainSpop(wire, MaxFrameSize));
    }

    private static void MustAgree(Parsing parsing, PlainSpop plain)
    {
        int count = Math.Min(parsing.Items.Count, plain.Frames.Count);
        for (int i = 0; i < count; i++)
            FoundException.Unless(parsing.Items[i].StartsWith(plain.Frames[i], StringComparison.Ordinal), $"a plain reader finds '{plain.Frames[i]}', not '{parsing.Items[i]}'");
        FoundException.Unless(count == plain.Frames.Count, $"a plain reader finds {plain.Frames.Count} frames, the parser {count}: '{parsing.Error}'");
        if (plain.IsUndecided) return;
        FoundException.Unless(parsing.Items.Count == count && plain.IsWrong == parsing.Error is not null, $"a plain reader finds {(plain.IsWrong ? "an error" : "no error")} after {count} frames, the parser '{parsing.Error}'");
    }

    private static Parsing.TryTake Parser(int kept)
    {
        FrameAssembler frames = new(kept) { MaxFrameSize = MaxFrameSize };
        return (ref ReadOnlySequence<byte> buffer, out string text) =>
        {
            bool isWhole = frames.TryRead(ref buffer, out Frame frame);
            text = isWhole ? Describe(frame, frames) : "";
            FoundException.Unless(isWhole || buffer.Length <= kept + (2 * (MaxFrameSize + FrameHeader.LengthSize)), "more is kept than may be");
            return isWhole;
        };
    }

    private static string? ErrorOf(Exception exception) => exception is SpopException spop ? $"{spop.Status}: {spop.Message}" : null;

    private static string Describe(in Frame frame, FrameAssembler frames)
    {
        byte[] payload = frame.Payload.ToArray();
        MustSurviveWriting(frame, payload);
        string text = $"{frame.Type} {frame.Flags} {frame.StreamId}/{frame.FrameId} {(frame.IsTooLarge ? "too large" : "")} {Convert.ToHexString(payload)}";
        if (frame.Type == FrameType.Notify && !frame.IsAborted && !frame.IsTooLarge) return $"{text} {MessagesOf(frame.Payload)}";
        if (frame.Type != FrameType.HaproxyHello) return text;
        Hello hello = Hello.Read(frame, MaxFrameSize);
        FoundException.Unless(hello.MaxFrameSize is > 0 and <= MaxFrameSize, "it agreed on more than it takes");
        frames.MaxFrameSize = hello.MaxFrameSize;
        return $"{text} {hello.IsHealthCheck} {hello.MaxFrameSize}";
    }

    private static string MessagesOf(in ReadOnlySequence<byte> payload)
    {
        try
        {
            StringBuilder text = new();
            MessageReader messages = new(payload);
            while (messages.TryRead())
            {
                text.Append(Encoding.Latin1.GetString(messages.Name)).Append('(');
                while (messages.TryReadArgument(out ReadOnlySequence<byte> name, out SpopValue value))
                    text.Append(Encoding.Latin1.GetString(name)).Append('=').Append(value.Type).Append(value.Number).Append(value.IsAddress ? value.ToAddress() : value.ToText()).Append(',');
                text.Append(')');
            }

            ActionList actions = Now.Of(Handler.HandleAsync(new MessageReader(payload), CancellationToken.None));
            return text.Append(Convert.ToHexString(actions.Payload)).ToString();
        }
        catch (SpopException exception)
        {
            // As in the agent, it ends the connection: here the frames that follow are looked at as well.
            return exception.Message;
        }
    }

    private static void MustSurviveWriting(in Frame frame, byte[] payload)
    {
        ArrayBufferWriter<byte> bytes = new();
        FrameHeader.Write(bytes, frame.Type, frame.Flags, frame.StreamId, frame.FrameId, payload);
        bool isWhole = FrameHeader.TryRead(new ReadOnlySequence<byte>(bytes.WrittenMemory), int.MaxValue, out Frame again, out long length);
        FoundException.Unless(isWhole && length == bytes.WrittenCount, "a frame that was written is not whole");
        FoundException.Unless(again.BelongsTo(frame) && again.Type == frame.Type && again.Flags == frame.Flags && again.Payload.ToArray().AsSpan().SequenceEqual(payload), "a frame was written as another");
        FoundException.Unless(length == FrameHeader.LengthSize + FrameHeader.SizeOf(frame.StreamId, frame.FrameId, payload.Length), "a frame is not as long as it was said to be");
    }

    private static byte[] Payload(Action<ArrayBufferWriter<byte>> write)
    {
        ArrayBufferWriter<byte> payload = new();
        write(payload);
        return payload.WrittenSpan.ToArray();
    }

    private static byte[] FrameOf(FrameType type, FrameFlags flags, ulong id, ReadOnlySpan<byte> payload)
    {
        ArrayBufferWriter<byte> bytes = new();
        FrameHeader.Write(bytes, type, flags, id, id, payload);
        return bytes.WrittenSpan.ToArray();
    }
}
