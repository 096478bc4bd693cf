using System.Buffers.Binary;
using System.Text;

namespace StreamPipes.Samples.Tests.TlsProxy;

/// <summary>A ClientHello made by hand, right or wrong.</summary>
internal static class Hello
{
    /// <summary>In one record, as the clients of this world send it.</summary>
    public static byte[] For(string name) => Record(Message(ServerName(name)));

    public static byte[] WithoutName() => Record(Message());

    /// <summary>A record of the handshake.</summary>
    public static byte[] Record(byte[] content) => [22, 3, 1, .. Vector(2, content)];

    /// <summary>The message, cut into records of so many bytes.</summary>
    public static byte[] Records(byte[] message, int size) => [.. message.Chunk(size).SelectMany(Record)];

    /// <summary>The handshake message, with one field of each kind before the extensions.</summary>
    public static byte[] Message(params byte[][] extensions) => MessageOf([.. Fields(), .. Vector(2, [.. Extension(43, [2, 3, 4]), .. extensions.SelectMany(bytes => bytes)])]);

    public static byte[] MessageOf(byte[] body) => [1, .. Vector(3, body)];

    /// <summary>Version, random, session, cipher suites, compression methods.</summary>
    public static byte[] Fields() => [3, 3, .. new byte[32], .. Vector(1, new byte[32]), .. Vector(2, [0x13, 1, 0x13, 2]), .. Vector(1, [0])];

    public static byte[] ServerName(string name) => ServerName(Vector(2, [0, .. Vector(2, Encoding.Latin1.GetBytes(name))]));

    public static byte[] ServerName(byte[] value) => Extension(0, value);

    public static byte[] Extension(int type, byte[] value) => [(byte)(type >> 8), (byte)type, .. Vector(2, value)];

    /// <summary>The length in so many bytes, then the value.</summary>
    public static byte[] Vector(int lengthSize, byte[] value)
    {
        byte[] length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, value.Length);
        return [.. length[(4 - lengthSize)..], .. value];
    }
}
