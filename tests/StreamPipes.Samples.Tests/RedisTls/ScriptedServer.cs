using System.Buffers;
using System.Text;
using RedisTls;

namespace StreamPipes.Samples.Tests.RedisTls;

/// <summary>The other end of a client's connection, in memory and in the hands of a test: it takes commands when told to and sends what it is told.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly MemoryDuplexStream _stream;
    private readonly System.IO.Pipelines.PipeReader _reader;
    private readonly RespCommandParser _parser = new(RespLimits.Default);

    private ScriptedServer(MemoryDuplexStream stream, PipeConnection connection, TimeSpan quitTimeout)
    {
        _stream = stream;
        _reader = System.IO.Pipelines.PipeReader.Create(stream);
        Connection = connection;
        Client = new RedisClient(connection) { QuitTimeout = quitTimeout };
    }

    public RedisClient Client { get; }

    public PipeConnection Connection { get; }

    public static ScriptedServer Create(TimeSpan? quitTimeout = null)
    {
        (MemoryDuplexStream here, MemoryDuplexStream there) = MemoryDuplexStream.CreatePair();
        return new ScriptedServer(there, StreamConnection.Create(here), quitTimeout ?? HangGuard.Limit);
    }

    /// <summary>Waits for the client's next command and gives its words.</summary>
    public async Task<string> TakeAsync() => string.Join(' ', (await TakeWordsAsync()).Select(Encoding.UTF8.GetString));

    public async Task<byte[][]> TakeWordsAsync()
    {
        while (true)
        {
            System.IO.Pipelines.ReadResult result = await _reader.ReadAsync().Guarded();
            ReadOnlySequence<byte> buffer = result.Buffer;
            bool isWhole = _parser.TryParse(ref buffer, out byte[][]? words);

            // After a whole command the rest is not examined: the next call is to see it at once.
            _reader.AdvanceTo(buffer.Start, isWhole ? buffer.Start : buffer.End);
            if (isWhole) return words!;
            if (result.IsCompleted) throw new EndOfStreamException("The client has closed.");
        }
    }

    public async Task SendAsync(string wire) => await _stream.WriteAsync(Encoding.UTF8.GetBytes(wire)).Guarded();

    /// <summary>Ends the stream the client reads.</summary>
    public Task CloseAsync() => _stream.DisposeAsync().Guarded();

    public async ValueTask DisposeAsync()
    {
        Connection.Abort();
        await Client.DisposeAsync().Guarded();
        await CloseAsync();
    }
}
