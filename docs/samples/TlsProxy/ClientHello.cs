using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text;

namespace TlsProxy;

/// <summary>The first message of a TLS client (RFC 8446, 4.1.2), of which a proxy reads one thing: the name of the server that the client wants.</summary>
internal static class ClientHello
{
    /// <summary>How many bytes a client may send before its name is known.</summary>
    public const int MaximumLength = 16 * 1024;

    private const int RecordHeaderLength = 5;
    private const int MessageHeaderLength = 4;

    /// <summary>Waits until the message is whole, and consumes nothing of it.</summary>
    /// <returns>The name; <see langword="null"/> if the client sends none.</returns>
    /// <exception cref="InvalidDataException">It is not TLS, malformed, or too long.</exception>
    /// <exception cref="EndOfStreamException">The client has ended before.</exception>
    public static async Task<string?> PeekServerNameAsync(PipeReader input, CancellationToken cancellationToken)
    {
        int needed = 1;
        while (true)
        {
            ReadResult read = await input.ReadAtLeastAsync(needed, cancellationToken);
            bool isWhole = TryReadServerName(read.Buffer, out string? serverName, out needed);
            input.AdvanceTo(read.Buffer.Start, isWhole ? read.Buffer.Start : read.Buffer.End);
            if (isWhole) return serverName;
            if (read.IsCompleted) throw new EndOfStreamException("The client has ended before its ClientHello was whole.");
        }
    }

    /// <summary>Reads the name out of what has been received.</summary>
    /// <param name="received">All that the client has sent so far.</param>
    /// <param name="serverName">The name; <see langword="null"/> if the client sends none.</param>
    /// <param name="needed">How many bytes there must be before the next call can return more.</param>
    /// <returns>Whether the message is whole.</returns>
    /// <exception cref="InvalidDataException">It is not TLS, malformed, or too long. No more bytes could make a ClientHello of it.</exception>
    public static bool TryReadServerName(in ReadOnlySequence<byte> received, out string? serverName, out int needed)
    {
        serverName = null;
        SequenceReader<byte> records = new(received);
        ArrayBufferWriter<byte> message = new();
        while (!IsWhole(message.WrittenSpan))
        {
            needed = (int)records.Consumed + RecordHeaderLength;
            if (!TryReadRecordHeader(ref records, out int length)) return false;
            needed += length;
            if (needed > MaximumLength) throw new InvalidDataException($"The ClientHello is longer than the {MaximumLength} bytes allowed.");
            if (!records.TryReadExact(length, out ReadOnlySequence<byte> fragment)) return false;
            foreach (ReadOnlyMemory<byte> piece in fragment) message.Write(piece.Span);
        }

        needed = (int)records.Consumed;
        serverName = ServerNameOf(message.WrittenSpan);
        return true;
    }

    private static bool TryReadRecordHeader(ref SequenceReader<byte> records, out int length)
    {
        const byte Handshake = 22;
        const byte MajorVersion = 3;
        length = 0;
        Span<byte> header = stackalloc byte[RecordHeaderLength];
        if (!records.TryCopyTo(header)) return false;
        records.Advance(RecordHeaderLength);
        length = BinaryPrimitives.ReadUInt16BigEndian(header[3..]);
        if (header[0] != Handshake || header[1] != MajorVersion || length == 0) throw new InvalidDataException("The client does not speak TLS.");
        return true;
    }

    /// <summary>A message may come in several records, and its length in pieces, too.</summary>
    private static bool IsWhole(ReadOnlySpan<byte> message)
    {
        const byte ClientHelloType = 1;
        if (message.Length > 0 && message[0] != ClientHelloType) throw new InvalidDataException("The client begins with another message than a ClientHello.");
        if (message.Length < MessageHeaderLength) return false;
        int length = (int)(BinaryPrimitives.ReadUInt32BigEndian(message) & 0xFFFFFF);
        if (length > MaximumLength) throw new InvalidDataException($"The ClientHello is longer than the {MaximumLength} bytes allowed.");
        return message.Length >= MessageHeaderLength + length;
    }

    private static string? ServerNameOf(ReadOnlySpan<byte> message)
    {
        const int VersionAndRandomLength = 2 + 32;
        const int ServerNameExtension = 0;
        Fields header = new(message[1..]);
        Fields hello = new(header.TakeVector(lengthSize: 3));
        hello.Take(VersionAndRandomLength);
        hello.TakeVector(lengthSize: 1); // session
        hello.TakeVector(lengthSize: 2); // cipher suites
        hello.TakeVector(lengthSize: 1); // compression methods
        if (hello.IsEmpty) return null;
        Fields extensions = new(hello.TakeVector(lengthSize: 2));
        string? name = null;
        while (!extensions.IsEmpty)
        {
            int type = extensions.TakeNumber(size: 2);
            ReadOnlySpan<byte> value = extensions.TakeVector(lengthSize: 2);
            if (type != ServerNameExtension) continue;

            // Of two names the server behind the proxy could take the other one.
            if (name is not null) throw new InvalidDataException("The ClientHello has two server names.");
            name = HostNameOf(value);
        }

        return name;
    }

    /// <summary>The list (RFC 6066, 3) has one entry, a host name: no other kind exists.</summary>
    private static string HostNameOf(ReadOnlySpan<byte> extension)
    {
        const int HostName = 0;
        Fields value = new(extension);
        Fields list = new(value.TakeVector(lengthSize: 2));
        int type = list.TakeNumber(size: 1);
        ReadOnlySpan<byte> name = list.TakeVector(lengthSize: 2);
        bool isHostName = type == HostName && name.Length is > 0 and <= 255 && !name.ContainsAnyExceptInRange((byte)'!', (byte)'~');
        return isHostName && list.IsEmpty && value.IsEmpty ? Encoding.ASCII.GetString(name) : throw Fields.Malformed();
    }

    /// <summary>What is left of a message.</summary>
    private ref struct Fields(ReadOnlySpan<byte> rest)
    {
        private ReadOnlySpan<byte> _rest = rest;

        public readonly bool IsEmpty => _rest.IsEmpty;

        public static InvalidDataException Malformed() => new("The ClientHello is malformed.");

        public ReadOnlySpan<byte> Take(int count)
        {
            if (count > _rest.Length) throw Malformed();
            ReadOnlySpan<byte> taken = _rest[..count];
            _rest = _rest[count..];
            return taken;
        }

        public int TakeNumber(int size)
        {
            int number = 0;
            foreach (byte digit in Take(size)) number = (number << 8) | digit;
            return number;
        }

        public ReadOnlySpan<byte> TakeVector(int lengthSize) => Take(TakeNumber(lengthSize));
    }
}
