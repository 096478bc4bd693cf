using System.IO.Pipelines;
using System.Text;
using StreamPipes;
using StreamPipes.Testing;

namespace InMemory;

/// <summary>
/// Tests of a protocol without a network. In a project of yours each method is a test of the framework you use; here they are run by <see cref="Program"/>.
/// </summary>
/// <param name="read">The reader under test.</param>
internal sealed class NetstringTests(NetstringTests.Read read)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public delegate ValueTask<byte[]?> Read(PipeReader reader, CancellationToken cancellationToken);

    /// <summary>The pair is all there is to set up: two ends, and what one writes the other reads.</summary>
    public async Task Two_ends_talk_to_each_other()
    {
        (IDuplexPipe client, IDuplexPipe server) = DuplexPipe.CreatePair();
        await NetstringWriter.WriteAsync(client.Output, "ping"u8);
        Expect("ping", await ReadTextAsync(server.Input));
        await NetstringWriter.WriteAsync(server.Output, "pong"u8);
        await server.Output.CompleteAsync();
        Expect("pong", await ReadTextAsync(client.Input));
        Expect(null, await ReadTextAsync(client.Input));
    }

    /// <summary>
    /// The test that every parser needs: the same bytes in reads of every size. The framework's own reader makes one read of the stream for each read of
    /// the pipe, so that the parser really sees every piece; a connection reads ahead and would show it several at once.
    /// </summary>
    public async Task Messages_come_whole_from_reads_of_every_size()
    {
        for (int size = 1; size <= 30; size++)
        {
            using MemoryStream wire = new("5:hello,0:,11:hello world,"u8.ToArray());
            PipeReader reader = PipeReader.Create(new ChunkingStream(wire, size));
            Expect("hello", await ReadTextAsync(reader));
            Expect("", await ReadTextAsync(reader));
            Expect("hello world", await ReadTextAsync(reader));
            Expect(null, await ReadTextAsync(reader));
            await reader.CompleteAsync();
        }
    }

    /// <summary>An end in the middle of a message must not look like an end between two.</summary>
    public async Task A_message_that_is_cut_off_anywhere_is_an_error()
    {
        byte[] message = "5:hello,"u8.ToArray();
        for (int kept = 1; kept < message.Length; kept++)
        {
            (IDuplexPipe peer, IDuplexPipe end) = DuplexPipe.CreatePair();
            await peer.Output.WriteAsync(message.AsMemory(0, kept));
            await peer.Output.CompleteAsync();
            await ExpectErrorAsync<NetstringException>(() => ReadTextAsync(end.Input));
        }
    }

    /// <summary>What the connection received before it broke is still delivered, and then comes the stream's own exception.</summary>
    public async Task A_connection_that_breaks_delivers_what_came_before()
    {
        IOException fault = new("the cable was pulled");
        (IDuplexPipe peer, IDuplexPipe end) = DuplexPipe.CreatePair();
        await using PipeConnection connection = StreamConnection.Create(new FaultyStream(end.AsStream(), fault) { ReadableBytes = 10 });
        await peer.Output.WriteAsync("5:hello,5:world,"u8.ToArray());
        Expect("hello", await ReadTextAsync(connection.Input));
        IOException thrown = await ExpectErrorAsync<IOException>(() => ReadTextAsync(connection.Input));
        if (!ReferenceEquals(thrown, fault)) throw new CheckFailedException("it was not the stream's own exception");
        if (connection.CloseReason != CloseReason.ReadFault) throw new CheckFailedException($"the connection ended by {connection.CloseReason}");
    }

    /// <summary>A writer waits for a reader that has fallen behind. Small thresholds make that a matter of bytes.</summary>
    public async Task A_writer_waits_for_a_slow_reader()
    {
        (IDuplexPipe client, IDuplexPipe server) = DuplexPipe.CreatePair(new PipeOptions(pauseWriterThreshold: 16, resumeWriterThreshold: 8));
        ValueTask<FlushResult> flush = NetstringWriter.WriteAsync(client.Output, "more than sixteen bytes"u8);
        if (flush.IsCompleted) throw new CheckFailedException("the writer did not wait");
        Expect("more than sixteen bytes", await ReadTextAsync(server.Input));
        await flush.AsTask().WaitAsync(Limit);
    }

    /// <summary>Cancelling a read ends the wait, and nothing else.</summary>
    public async Task A_read_that_is_cancelled_loses_nothing()
    {
        (IDuplexPipe client, IDuplexPipe server) = DuplexPipe.CreatePair();
        await client.Output.WriteAsync("5:hel"u8.ToArray());
        using CancellationTokenSource cancelling = new();
        Task<string?> waiting = ReadTextAsync(server.Input, cancelling.Token);
        await cancelling.CancelAsync();
        await ExpectErrorAsync<OperationCanceledException>(() => waiting);
        await client.Output.WriteAsync("lo,"u8.ToArray());
        Expect("hello", await ReadTextAsync(server.Input));
    }

    /// <summary>
    /// Both ends, on a thousand networks: latency, pieces, stalls and the order of everything that is ready are drawn from the seed, and time is virtual. A hang is
    /// found at once, and a seed that fails is named and replays it.
    /// </summary>
    public Task Every_text_comes_back_on_a_thousand_networks()
    {
        VirtualNetwork.RunMany(firstSeed: 1, count: 1000, async network =>
        {
            (PipeConnection client, PipeConnection server) = network.Connect();
            Task serving = EchoAsync(server);
            byte[][] texts = [.. Enumerable.Range(0, network.Random.Next(1, 6)).Select(_ => TextFrom(network.Random))];
            foreach (byte[] text in texts) await NetstringWriter.WriteAsync(client.Output, text);
            await client.Output.CompleteAsync();
            foreach (byte[] text in texts)
            {
                byte[]? answer = await read(client.Input, CancellationToken.None);
                if (answer is null || !answer.AsSpan().SequenceEqual(text)) throw new CheckFailedException($"{answer?.Length ?? 0} bytes came back for {text.Length}");
            }

            if (await read(client.Input, CancellationToken.None) is not null) throw new CheckFailedException("there was an answer too many");
            await client.DisposeAsync();
            await serving;
        });
        return Task.CompletedTask;
    }

    private static byte[] TextFrom(Random random)
    {
        byte[] text = new byte[random.Next(3000)];
        random.NextBytes(text);
        return text;
    }

    private async Task EchoAsync(PipeConnection connection)
    {
        while (await read(connection.Input, CancellationToken.None) is { } text) await NetstringWriter.WriteAsync(connection.Output, text);
        await connection.DisposeAsync();
    }

    private async Task<string?> ReadTextAsync(PipeReader reader, CancellationToken cancellationToken = default)
    {
        byte[]? message = await read(reader, cancellationToken).AsTask().WaitAsync(Limit, CancellationToken.None);
        return message is null ? null : Encoding.UTF8.GetString(message);
    }

    private static void Expect(string? expected, string? actual)
    {
        if (!string.Equals(expected, actual, StringComparison.Ordinal)) throw new CheckFailedException($"expected '{expected}', not '{actual}'");
    }

    private static async Task<T> ExpectErrorAsync<T>(Func<Task> action)
        where T : Exception
    {
        try
        {
            await action();
        }
        catch (T exception)
        {
            return exception;
        }

        throw new CheckFailedException($"no {typeof(T).Name} was thrown");
    }
}
