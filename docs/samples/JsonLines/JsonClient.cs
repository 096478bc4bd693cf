using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using StreamPipes.Framing;

namespace JsonLines;

/// <summary>Sends questions while it receives answers.</summary>
internal static class JsonClient
{
    public static async IAsyncEnumerable<Answer> AskAsync(IDuplexPipe server, IAsyncEnumerable<Question> questions, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Task sending = SendAsync(server.Output, questions, cancellationToken);
        FrameReader answers = new(server.Input, Messages.Format);
        await foreach (ReadOnlySequence<byte> line in answers.ReadAllAsync(cancellationToken)) yield return Messages.Read(line, Messages.Default.Answer);
        await sending;
    }

    private static async Task SendAsync(PipeWriter output, IAsyncEnumerable<Question> questions, CancellationToken cancellationToken)
    {
        try
        {
            await new FrameWriter(output, Messages.Format).WriteAllAsync(questions, Messages.WriteQuestion, cancellationToken);
        }
        finally
        {
            // Half-close: the server answers what it has received, and ends its side.
            await output.CompleteAsync();
        }
    }
}
