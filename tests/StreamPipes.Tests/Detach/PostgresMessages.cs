using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text;

namespace StreamPipes.Tests.Detach;

/// <summary>As much of PostgreSQL's frontend/backend protocol, version 3, as a query takes.</summary>
internal static class PostgresMessages
{
    private const int Version3 = 3 << 16;

    /// <summary>Length 8, code 80877103: "may I speak TLS?"</summary>
    public static readonly byte[] SslRequest = [0, 0, 0, 8, 4, 0xD2, 0x16, 0x2F];

    public static Task WriteStartupAsync(this PipeWriter writer, string user)
    {
        byte[] parameters = Encoding.ASCII.GetBytes($"user\0{user}\0database\0postgres\0\0");
        byte[] message = new byte[8 + parameters.Length];
        BinaryPrimitives.WriteInt32BigEndian(message, message.Length);
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(4), Version3);
        parameters.CopyTo(message, 8);
        return writer.WriteAsync(message).Guarded();
    }

    public static Task WriteMessageAsync(this PipeWriter writer, char type, string text = "")
    {
        byte[] body = text.Length == 0 ? [] : Encoding.ASCII.GetBytes(text + "\0");
        byte[] message = new byte[5 + body.Length];
        message[0] = (byte)type;
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), 4 + body.Length);
        body.CopyTo(message, 5);
        return writer.WriteAsync(message).Guarded();
    }

    /// <summary>Reads messages up to and with the first of this type.</summary>
    /// <returns>The body of that message.</returns>
    public static async Task<byte[]> ReadUntilAsync(this PipeReader reader, char type)
    {
        while (true)
        {
            byte[] head = await reader.TakeAsync(5);
            byte[] body = await reader.TakeAsync(BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1)) - 4);
            if (head[0] == type) return body;
            if (head[0] == 'E') throw new InvalidDataException(Encoding.ASCII.GetString(body));
        }
    }

    /// <summary>The first column of a row, which has a length of four bytes before it and the count of columns before that.</summary>
    public static string FirstColumn(byte[] row) => Encoding.ASCII.GetString(row, 6, BinaryPrimitives.ReadInt32BigEndian(row.AsSpan(2)));
}
