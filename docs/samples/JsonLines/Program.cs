using System.Globalization;
using System.Net;
using StreamPipes;

namespace JsonLines;

/// <summary>Starts the server and asks it two questions; with a port it serves other clients until Ctrl+C.</summary>
internal static class Program
{
    public static async Task Main(string[] args)
    {
        int port = args is [string text] ? int.Parse(text, CultureInfo.InvariantCulture) : 0;
        using CancellationTokenSource stopping = new();
        Console.CancelKeyPress += (_, key) =>
        {
            key.Cancel = true;
            stopping.Cancel();
        };
        await using PipeListener listener = SocketConnection.Listen(new IPEndPoint(IPAddress.Loopback, port));
        Console.WriteLine($"listening on {listener.LocalEndPoint}");
        Task serving = listener.ServeAsync(JsonServer.ServeAsync, stopping.Token);
        if (port == 0)
        {
            await using PipeConnection server = await SocketConnection.ConnectAsync(listener.LocalEndPoint);
            await foreach (Answer answer in JsonClient.AskAsync(server, QuestionsAsync())) Console.WriteLine(answer);
            await stopping.CancelAsync();
        }

        await serving;
    }

    private static async IAsyncEnumerable<Question> QuestionsAsync()
    {
        yield return new Question(1, "How many words are these?");
        await Task.Delay(TimeSpan.FromMilliseconds(100));
        yield return new Question(2, "These come later");
    }
}
