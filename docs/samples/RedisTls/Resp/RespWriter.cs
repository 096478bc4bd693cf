using System.Globalization;
using System.IO.Pipelines;

namespace RedisTls;

/// <summary>
/// Writes commands. What is small is only put into the pipe, for the caller to flush; a large value is flushed piece by piece, so that a peer
/// that reads slowly holds the sender back instead of filling its memory.
/// </summary>
internal static class RespWriter
{
    private const int PieceLength = 32 * 1024;
    private const int MaxHeaderLength = 24;

    public static async ValueTask WriteCommandAsync(PipeWriter output, RespArgument[] command)
    {
        WriteHeader(output, '*', command.Length);
        foreach (RespArgument argument in command)
        {
            WriteHeader(output, '$', argument.Length);
            if (argument.Length > PieceLength)
            {
                await WriteLargeAsync(output, argument.ToMemory(), CancellationToken.None);
            }
            else
            {
                argument.CopyTo(output.GetSpan(argument.Length));
                output.Advance(argument.Length);
            }

            WriteLineEnd(output);
        }
    }

    public static async ValueTask WriteBulkAsync(PipeWriter output, char type, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default)
    {
        WriteHeader(output, type, bytes.Length);
        if (bytes.Length > PieceLength) await WriteLargeAsync(output, bytes, cancellationToken);
        else Write(output, bytes.Span);
        WriteLineEnd(output);
    }

    public static void WriteHeader(PipeWriter output, char type, long number)
    {
        Span<byte> target = output.GetSpan(MaxHeaderLength);
        target[0] = (byte)type;
        _ = number.TryFormat(target[1..], out int digits, default, CultureInfo.InvariantCulture);
        "\r\n"u8.CopyTo(target[(1 + digits)..]);
        output.Advance(1 + digits + 2);
    }

    public static void WriteLine(PipeWriter output, char type, ReadOnlySpan<byte> text)
    {
        Span<byte> target = output.GetSpan(1 + text.Length + 2);
        target[0] = (byte)type;
        text.CopyTo(target[1..]);
        "\r\n"u8.CopyTo(target[(1 + text.Length)..]);
        output.Advance(1 + text.Length + 2);
    }

    /// <exception cref="IOException">Nobody takes the bytes any more.</exception>
    public static async ValueTask FlushAsync(PipeWriter output, CancellationToken cancellationToken = default)
    {
        FlushResult result = await output.FlushAsync(cancellationToken);
        if (result.IsCompleted) throw new IOException("The connection is closed.");
    }

    private static async ValueTask WriteLargeAsync(PipeWriter output, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        while (!bytes.IsEmpty)
        {
            int count = Math.Min(PieceLength, bytes.Length);
            Write(output, bytes.Span[..count]);
            bytes = bytes[count..];
            await FlushAsync(output, cancellationToken);
        }
    }

    private static void Write(PipeWriter output, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(output.GetSpan(bytes.Length));
        output.Advance(bytes.Length);
    }

    private static void WriteLineEnd(PipeWriter output)
    {
        "\r\n"u8.CopyTo(output.GetSpan(2));
        output.Advance(2);
    }
}
