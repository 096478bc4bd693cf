using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using StreamPipes.Framing;

namespace JsonLines;

/// <summary>Answers every question with the number of its words.</summary>
internal static class JsonServer
{
    public static async Task ServeAsync(IDuplexPipe client, CancellationToken stopping)
    {
        FrameWriter answers = new(client.Output, Messages.Format);
        try
        {
            await answers.WriteAllAsync(AnswersAsync(new FrameReader(client.Input, Messages.Format), stopping), Messages.WriteAnswer, stopping);
        }
        catch (FrameException exception)
        {
            // A line that is too long, or cut off by the end, is the last one. The listener sends this answer before it closes the connection.
            using FrameLease answer = answers.Lease();
            Messages.WriteAnswer(new Answer(Error: exception.Message), answer);
            answer.Commit();
        }
    }

    private static async IAsyncEnumerable<Answer> AnswersAsync(FrameReader questions, [EnumeratorCancellation] CancellationToken stopping)
    {
        await foreach (ReadOnlySequence<byte> line in questions.ReadAllAsync(stopping)) yield return AnswerTo(line);
    }

    /// <summary>A line that is no question is answered, and the connection continues.</summary>
    private static Answer AnswerTo(in ReadOnlySequence<byte> line)
    {
        try
        {
            Question question = Messages.Read(line, Messages.Default.Question);
            return new Answer(question.Id, question.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);
        }
        catch (JsonException exception)
        {
            return new Answer(Error: exception.Message);
        }
    }
}
