using System.Buffers;
using SpoaAgent;

namespace StreamPipes.Samples.Tests.SpoaAgent;

/// <summary>Frames as HAProxy sends them.</summary>
internal static class Wire
{
    public static byte[] Frame(FrameType type, FrameFlags flags, ulong streamId, ulong frameId, ReadOnlySpan<byte> payload)
    {
        ArrayBufferWriter<byte> bytes = new();
        FrameHeader.Write(bytes, type, flags, streamId, frameId, payload);
        return bytes.WrittenSpan.ToArray();
    }

    public static byte[] Hello(string? versions = "2.0", uint? maxFrameSize = 16380, string? capabilities = "pipelining,async", bool isHealthCheck = false)
    {
        ArrayBufferWriter<byte> payload = new();
        if (versions is not null)
        {
            payload.WriteName("supported-versions");
            payload.WriteValue(versions);
        }

        if (maxFrameSize is { } size)
        {
            payload.WriteName("max-frame-size");
            payload.WriteValue(size);
        }

        if (capabilities is not null)
        {
            payload.WriteName("capabilities");
            payload.WriteValue(capabilities);
        }

        payload.WriteName("healthcheck");
        payload.WriteValue(isHealthCheck);
        return Frame(FrameType.HaproxyHello, FrameFlags.Final, 0, 0, payload.WrittenSpan);
    }

    public static byte[] Disconnect()
    {
        ArrayBufferWriter<byte> payload = new();
        payload.WriteName("status-code");
        payload.WriteValue(0u);
        payload.WriteName("message");
        payload.WriteValue("normal");
        return Frame(FrameType.HaproxyDisconnect, FrameFlags.Final, 0, 0, payload.WrittenSpan);
    }

    /// <summary>The payload of a NOTIFY with one message and one argument.</summary>
    public static byte[] Message(string name, string argument, Action<IBufferWriter<byte>> writeValue)
    {
        ArrayBufferWriter<byte> payload = new();
        payload.WriteName(name);
        payload.WriteByte(1);
        payload.WriteName(argument);
        writeValue(payload);
        return payload.WrittenSpan.ToArray();
    }

    public static byte[] Notify(ulong streamId, ulong frameId, byte[] payload) => Frame(FrameType.Notify, FrameFlags.Final, streamId, frameId, payload);

    /// <summary>A NOTIFY in fragments of that many bytes.</summary>
    public static byte[] FragmentedNotify(ulong streamId, ulong frameId, byte[] payload, int fragmentSize, FrameFlags lastFlags = FrameFlags.Final)
    {
        List<byte> bytes = [];
        for (int start = 0; start < payload.Length; start += fragmentSize)
        {
            int length = Math.Min(fragmentSize, payload.Length - start);
            FrameType type = start == 0 ? FrameType.Notify : FrameType.Unset;
            FrameFlags flags = start + length == payload.Length ? lastFlags : FrameFlags.None;
            bytes.AddRange(Frame(type, flags, streamId, frameId, payload.AsSpan(start, length)));
        }

        return [.. bytes];
    }
}
