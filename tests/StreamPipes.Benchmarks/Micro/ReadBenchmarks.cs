using System.IO.Pipelines;
using BenchmarkDotNet.Attributes;

namespace StreamPipes.Benchmarks.Micro;

/// <summary>Reading 64 B at a time from a stream that always has more.</summary>
public class ReadBenchmarks
{
    private const int Messages = 10_000;
    private const int Size = 64;

    private readonly byte[] _buffer = new byte[Size];
    private Pipe _bare = null!;
    private PipeReader _bcl = null!;
    private PipeConnection _ours = null!;
    private Stream _stream = null!;
    private Task _filling = Task.CompletedTask;

    [GlobalSetup]
    public void SetUp()
    {
        _bare = new Pipe();
        _filling = FillAsync(_bare.Writer);
        _bcl = PipeReader.Create(new EndlessStream());
        _ours = StreamConnection.Create(new EndlessStream(), new DiscardingStream());
        _stream = StreamConnection.Create(new EndlessStream(), new DiscardingStream()).AsStream();
    }

    [GlobalCleanup]
    public async Task CleanUpAsync()
    {
        await _bare.Reader.CompleteAsync();
        await _filling;
        await _bcl.CompleteAsync();
        _ours.Abort();
        await _stream.DisposeAsync();
    }

    [Benchmark(Baseline = true, Description = "a bare Pipe, filled by a loop", OperationsPerInvoke = Messages)]
    public Task BarePipe() => ReadAsync(_bare.Reader);

    [Benchmark(Description = "PipeReader.Create", OperationsPerInvoke = Messages)]
    public Task PipeReaderCreate() => ReadAsync(_bcl);

    [Benchmark(Description = "StreamPipes", OperationsPerInvoke = Messages)]
    public Task Connection() => ReadAsync(_ours.Input);

    [Benchmark(Description = "StreamPipes, AsStream", OperationsPerInvoke = Messages)]
    public async Task AsStream()
    {
        for (int i = 0; i < Messages; i++) await _stream.ReadExactlyAsync(_buffer);
    }

    private static async Task FillAsync(PipeWriter writer)
    {
        FlushResult result;
        do
        {
            Memory<byte> memory = writer.GetMemory(4096);
            writer.Advance(memory.Length);
            result = await writer.FlushAsync();
        }
        while (!result.IsCompleted);

        await writer.CompleteAsync();
    }

    private static async Task ReadAsync(PipeReader input)
    {
        for (int i = 0; i < Messages; i++)
        {
            ReadResult result = await input.ReadAtLeastAsync(Size);
            input.AdvanceTo(result.Buffer.GetPosition(Size));
        }
    }
}
