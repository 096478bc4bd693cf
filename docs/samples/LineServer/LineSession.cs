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
        FrameReader lines = new(client.Input, FrameFormat.Lines(maxLineLength)) { AllowUnterminatedLastFrame = true };
        try
        {
            while (await lines.WaitToReadAsync(stopping))
            {
                AnswerAll(lines);

                // A client that does not read makes this wait, and then it is not read from either: nothing piles up here.
                await client.Output.FlushAsync(CancellationToken.None);
            }
        }
        catch (FrameException)
        {
            // The one thing that can be wrong with a line.
            Encoding.UTF8.GetBytes(FormattableString.Invariant($"error: a line is longer than {maxLineLength} bytes\n"), client.Output);
        }
        catch (OperationCanceledException)
        {
            // The server stops. What arrived during the last flush is still answered.
            AnswerAll(lines);
        }
    }

    private void AnswerAll(FrameReader lines)
    {
        while (lines.TryRead(out ReadOnlySequence<byte> line))
        {
            foreach (ReadOnlyMemory<byte> piece in line) client.Output.Write(piece.Span);
            client.Output.Write("\n"u8);
        }
    }
}
