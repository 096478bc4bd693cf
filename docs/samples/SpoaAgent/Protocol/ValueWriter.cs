using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SpoaAgent;

/// <summary>Writes what payloads are made of.</summary>
internal static class ValueWriter
{
    private const byte TrueFlag = 0x10;

    public static void WriteByte(this IBufferWriter<byte> writer, byte value)
    {
        writer.GetSpan(1)[0] = value;
        writer.Advance(1);
    }

    /// <summary>A name, or the text of a value: its length, then its bytes.</summary>
    public static void WriteName(this IBufferWriter<byte> writer, string text)
    {
        writer.WriteVarint((ulong)Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, writer);
    }

    public static void WriteValue(this IBufferWriter<byte> writer, string text)
    {
        writer.WriteByte((byte)SpopType.String);
        writer.WriteName(text);
    }

    public static void WriteValue(this IBufferWriter<byte> writer, ReadOnlySpan<byte> binary)
    {
        writer.WriteByte((byte)SpopType.Binary);
        writer.WriteVarint((ulong)binary.Length);
        writer.Write(binary);
    }

    public static void WriteValue(this IBufferWriter<byte> writer, bool value) => writer.WriteByte((byte)((byte)SpopType.Boolean | (value ? TrueFlag : 0)));

    public static void WriteValue(this IBufferWriter<byte> writer, uint value)
    {
        writer.WriteByte((byte)SpopType.UInt32);
        writer.WriteVarint(value);
    }

    public static void WriteValue(this IBufferWriter<byte> writer, long value)
    {
        writer.WriteByte((byte)SpopType.Int64);
        writer.WriteVarint(unchecked((ulong)value));
    }

    public static void WriteValue(this IBufferWriter<byte> writer, IPAddress address)
    {
        writer.WriteByte((byte)(address.AddressFamily == AddressFamily.InterNetwork ? SpopType.IPv4 : SpopType.IPv6));
        writer.Write(address.GetAddressBytes());
    }
}
