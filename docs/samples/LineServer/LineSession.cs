using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using StreamPipes.Framing;

namespace LineServer;

/// <summary>One client: every line is sent back. All that have arrived are answered with one flush.</summary>
internal sealed class LineSession(IDuplexPipe client, int maxLineLength)
{
    /// <summary>Serves until the client ends, breaks the rules, or the server stops.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        // One byte more than a line may have: the CR before its LF.
        FrameReader lines = new(client.Input, FrameFormat.Lines((int)Math.Min(int.MaxValue, maxLineLength + 1L)));
        try
        {
            bool isOver = false;
            while (!isOver && await lines.WaitToReadAsync(stopping))
            {
                while (!isOver && lines.TryRead(out ReadOnlySequence<byte> line)) isOver = !TryAnswer(line);

                // A client that does not read makes this wait, and then it is not read from either: nothing piles up here.
                await client.Output.FlushAsync(CancellationToken.None);
            }
        }
        catch (FrameException exception) when (exception.Kind == FrameErrorKind.TooLong)
        {
            Refuse();
        }
        catch (FrameException)
        {
            // The stream has ended, and its last line has no end of its own.
            TryAnswer((await client.Input.ReadAsync(CancellationToken.None)).Buffer);
        }
        catch (OperationCanceledException)
        {
            // The server stops. What arrived during the last flush is still answered.
            if (client.Input.TryRead(out ReadResult rest)) AnswerAll(rest.Buffer);
        }
    }

    private void AnswerAll(in ReadOnlySequence<byte> buffer)
    {
        SequenceReader<byte> lines = new(buffer);
        bool isOver = false;
        while (!isOver && lines.TryReadTo(out ReadOnlySequence<byte> line, (byte)'\n')) isOver = !TryAnswer(line);
    }

    /// <summary>Answers a line, without the CR at its end; false if it is too long, and the client has been told so.</summary>
    private bool TryAnswer(ReadOnlySequence<byte> line)
    {
        if (EndsWithCR(line)) line = line.Slice(0, line.Length - 1);
        if (line.Length > maxLineLength)
        {
            Refuse();
            return false;
        }

        foreach (ReadOnlyMemory<byte> piece in line) client.Output.Write(piece.Span);
        client.Output.Write("\n"u8);
        return true;
    }

    private static bool EndsWithCR(in ReadOnlySequence<byte> line) => !line.IsEmpty && new SequenceReader<byte>(line.Slice(line.Length - 1)).IsNext((byte)'\r');

    private void Refuse() => Encoding.UTF8.GetBytes(FormattableString.Invariant($"error: a line is longer than {maxLineLength} bytes\n"), client.Output);
}
