using System.IO.Pipelines;
using BenchmarkDotNet.Attributes;

namespace StreamPipes.Benchmarks.Micro;

/// <summary>Writing and flushing 64 B over a stream that discards them.</summary>
public class WriteBenchmarks
{
    private const int Messages = 10_000;

    private readonly byte[] _message = new byte[64];
    private Pipe _bare = null!;
    private PipeWriter _bcl = null!;
    private PipeConnection _ours = null!;
    private PipeConnection _through = null!;
    private Stream _stream = null!;
    private Task _draining = Task.CompletedTask;

    [GlobalSetup]
    public void SetUp()
    {
        _bare = new Pipe();
        _draining = DrainAsync(_bare.Reader);
        _bcl = PipeWriter.Create(new DiscardingStream());
        _ours = StreamConnection.Create(new DiscardingStream());
        _through = StreamConnection.Create(new DiscardingStream(), new PipeConnectionOptions { FlushThrough = true });
        _stream = StreamConnection.Create(new DiscardingStream()).AsStream();
    }

    [GlobalCleanup]
    public async Task CleanUpAsync()
    {
        await _bare.Writer.CompleteAsync();
        await _draining;
        await _bcl.CompleteAsync();
        _ours.Abort();
        _through.Abort();
        await _stream.DisposeAsync();
    }

    [Benchmark(Baseline = true, Description = "a bare Pipe whose reader drops everything", OperationsPerInvoke = Messages)]
    public Task BarePipe() => WriteAsync(_bare.Writer);

    [Benchmark(Description = "PipeWriter.Create", OperationsPerInvoke = Messages)]
    public Task PipeWriterCreate() => WriteAsync(_bcl);

    [Benchmark(Description = "StreamPipes", OperationsPerInvoke = Messages)]
    public Task Connection() => WriteAsync(_ours.Output);

    [Benchmark(Description = "StreamPipes, FlushThrough", OperationsPerInvoke = Messages)]
    public Task ConnectionThrough() => WriteAsync(_through.Output);

    [Benchmark(Description = "StreamPipes, AsStream", OperationsPerInvoke = Messages)]
    public async Task AsStream()
    {
        for (int i = 0; i < Messages; i++) await _stream.WriteAsync(_message);
        await _stream.FlushAsync();
    }

    private static async Task DrainAsync(PipeReader reader)
    {
        while (true)
        {
            ReadResult result = await reader.ReadAsync();
            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) return;
        }
    }

    private async Task WriteAsync(PipeWriter output)
    {
        for (int i = 0; i < Messages; i++) await output.WriteAsync(_message);
    }
}
