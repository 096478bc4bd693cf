using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using StreamPipes;

namespace LineServer;

/// <summary>One client: every line is sent back. All that have arrived are answered with one flush.</summary>
internal sealed class LineSession(PipeConnection connection, int maxLineLength)
{
    private readonly LineParser _lines = new(maxLineLength);

    /// <summary>Serves until the client ends, breaks the rules, or <see cref="Stop"/> is called.</summary>
    public async Task RunAsync()
    {
        PipeReader input = connection.Input;
        while (true)
        {
            ReadResult result = await input.ReadAsync();
            ReadOnlySequence<byte> buffer = result.Buffer;
            bool isOver = !TryAnswer(ref buffer) || result.IsCanceled;
            if (result.IsCompleted && !isOver && !buffer.IsEmpty) Write(buffer);
            input.AdvanceTo(buffer.Start, buffer.End);

            // A client that does not read makes this wait, and then it is not read from either: nothing piles up here.
            await connection.Output.FlushAsync();
            if (isOver || result.IsCompleted) return;
        }
    }

    /// <summary>Ends the session at its next wait, with the lines that have arrived answered; may be called from any thread.</summary>
    public void Stop() => connection.Input.CancelPendingRead();

    public void Abort() => connection.Abort();

    /// <summary>Answers all whole lines; false if the client has broken the rules and has been told so.</summary>
    private bool TryAnswer(ref ReadOnlySequence<byte> buffer)
    {
        try
        {
            while (_lines.TryRead(ref buffer, out ReadOnlySequence<byte> line)) Write(line);
            return true;
        }
        catch (LineTooLongException exception)
        {
            Encoding.UTF8.GetBytes($"error: {exception.Message}\n", connection.Output);
            return false;
        }
    }

    private void Write(in ReadOnlySequence<byte> line)
    {
        foreach (ReadOnlyMemory<byte> piece in line) connection.Output.Write(piece.Span);
        connection.Output.Write("\n"u8);
    }
}
