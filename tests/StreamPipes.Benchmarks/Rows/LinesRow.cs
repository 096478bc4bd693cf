using StreamPipes.Benchmarks.Contenders;
using StreamPipes.Benchmarks.Links;
using StreamPipes.Benchmarks.Measuring;

namespace StreamPipes.Benchmarks.Rows;

/// <summary>The contender is a server: it looks for the ends of lines, which come pipelined, and answers each line.</summary>
internal sealed class LinesRow(int length, Layers layers) : Row("lines", $"{length} B", layers)
{
    private const int BlockBytes = 32 * 1024;
    private const int BatchBytes = 4 * 1024 * 1024;
    private const int Blocks = BatchBytes / BlockBytes;

    private static readonly byte[] Answer = "ok\n"u8.ToArray();

    public override IReadOnlyList<Metric> Metrics { get; } = [new Metric("", Unit.Nanoseconds, IsSpeed: true)];

    public override Task<Run> OpenAsync(Contender contender)
    {
        byte[] block = new byte[BlockBytes];
        Array.Fill(block, (byte)'x');
        for (int end = length - 1; end < block.Length; end += length) block[end] = (byte)'\n';
        int lines = BatchBytes / length;
        LineSource source = new(block, Blocks, (long)lines * Answer.Length);
        return ClientRun.OpenAsync(this, contender, new ThreadPeer(source.Serve), lines, client => Task.WhenAll(source.Go(), client.ServeLinesAsync(lines, Answer)));
    }
}
