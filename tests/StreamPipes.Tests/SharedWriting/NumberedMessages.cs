using System.Buffers.Binary;
using System.IO.Pipelines;

namespace StreamPipes.Tests.SharedWriting;

/// <summary>Messages that say who wrote them, which of that writer's they are and how long they are, and whose bytes can be checked.</summary>
internal static class NumberedMessages
{
    private const int Header = 8;

    public static byte[] Create(int writer, int number)
    {
        int length = Header + (((writer * 31) + (number * 17)) % 400);
        byte[] message = new byte[length];
        Fill(message, writer, number);
        return message;
    }

    public static int LengthOf(int writer, int number) => Header + (((writer * 31) + (number * 17)) % 400);

    public static void Fill(Span<byte> message, int writer, int number)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(message, (ushort)message.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(message[2..], (ushort)writer);
        BinaryPrimitives.WriteInt32LittleEndian(message[4..], number);
        message[Header..].Fill((byte)(writer ^ number));
    }

    /// <summary>Reads to the end, and checks that each message is whole.</summary>
    /// <returns>Who wrote it and its number, in the order of arrival.</returns>
    public static async Task<List<(int Writer, int Number)>> ReadAllAsync(PipeReader reader) => Parse(await reader.TakeAllAsync());

    public static List<(int Writer, int Number)> Parse(ReadOnlySpan<byte> bytes)
    {
        List<(int Writer, int Number)> messages = [];
        while (!bytes.IsEmpty)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
            int writer = BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]);
            int number = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
            length.Should().Be(LengthOf(writer, number));
            if (bytes[Header..length].ContainsAnyExcept((byte)(writer ^ number))) Assert.Fail($"message {number} of writer {writer} is torn");
            messages.Add((writer, number));
            bytes = bytes[length..];
        }

        return messages;
    }
}
