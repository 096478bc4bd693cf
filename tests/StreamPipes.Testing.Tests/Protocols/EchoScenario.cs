using System.IO.Pipelines;

namespace StreamPipes.Testing.Tests.Protocols;

/// <summary>Both ends of a conversation: a client sends texts, one at a time or many at once, and a server sends each back until the client ends its output.</summary>
internal sealed class EchoScenario(NetstringBug bug = NetstringBug.None, PipeConnectionOptions? options = null)
{
    public static Task RunAsync(VirtualNetwork network) => new EchoScenario().RunBothAsync(network);

    public async Task RunBothAsync(VirtualNetwork network)
    {
        (PipeConnection client, PipeConnection server) = network.Connect(options);
        Task serving = ServeAsync(server);
        string[] texts = [.. Enumerable.Range(0, 1 + network.Random.Next(6)).Select(_ => new string((char)('a' + network.Random.Next(26)), network.Random.Next(120)))];
        bool isPipelined = network.Random.Next(2) == 0;
        if (isPipelined)
        {
            foreach (string text in texts) await Netstrings.WriteAsync(client.Output, text);
        }

        foreach (string text in texts)
        {
            if (!isPipelined) await Netstrings.WriteAsync(client.Output, text);
            string? answer = await Netstrings.ReadAsync(client.Input, bug);
            if (!string.Equals(answer, text, StringComparison.Ordinal)) throw new InvalidOperationException($"'{answer}' came back for '{text}'");
        }

        await client.Output.CompleteAsync();
        if (await Netstrings.ReadAsync(client.Input, bug) is { } more) throw new InvalidOperationException($"'{more}' came after the last answer");
        await client.DisposeAsync();
        await serving;
    }

    private async Task ServeAsync(PipeConnection connection)
    {
        while (await Netstrings.ReadAsync(connection.Input, bug) is { } text) await Netstrings.WriteAsync(connection.Output, text);
        await connection.DisposeAsync();
    }
}
