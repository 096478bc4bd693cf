namespace StreamPipes.Benchmarks.Clients;

/// <summary>Many callers write to one connection at once, by the library's own writer for that.</summary>
internal sealed class SharedClient(PipeConnection connection) : PipeClient(connection.Input, connection.Output, connection.DisposeAsync)
{
    private readonly SharedPipeWriter _writer = new(connection.Output);

    public override bool TakesManyCallers => true;

    public override async ValueTask SendOneAsync(ReadOnlyMemory<byte> message) => await _writer.WriteAsync(message);
}
