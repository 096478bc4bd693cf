using System.IO.Pipelines;
using StreamPipes.Exploration.Exploring;
using StreamPipes.PipeStreams;

namespace StreamPipes.Exploration.Scenarios;

/// <summary>A writer of a pipe that counts what is flushed, at once or later.</summary>
internal sealed class CountingWriter : PipeWriter
{
    private readonly byte[] _memory = new byte[8192];
    private readonly Tally _written = new("written");
    private readonly Tally _flushed = new("flushed");
    private readonly Tally _inside = new("calls inside");

    public int Flushed => _flushed.Value;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _written.Value - _flushed.Value;

    public override void Advance(int bytes)
    {
        if (_inside.Add(1) != 1) SimulatedFailure.Throw("two calls of the writer at a time");
        _written.Add(bytes);
        _inside.Add(-1);
    }

    public override Memory<byte> GetMemory(int sizeHint = 0) => _memory;

    public override Span<byte> GetSpan(int sizeHint = 0) => _memory;

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_inside.Add(1) != 1) SimulatedFailure.Throw("two calls of the writer at a time");
        _flushed.Add(_written.Value - _flushed.Value);
        _inside.Add(-1);
        return new ValueTask<FlushResult>(new FlushResult(isCanceled: false, isCompleted: false));
    }

    public override void CancelPendingFlush()
    {
    }

    public override void Complete(Exception? exception = null)
    {
    }
}

/// <summary>A stream that has written something just now, so that further writes gather.</summary>
internal abstract class StreamScenario : Scenario
{
    protected StreamScenario()
    {
        Writes = new PipeStreamWrites(Writer);
        Assert(IsDone(Writes.WriteAsync(new byte[1], default)), "the first write waits");
    }

    protected CountingWriter Writer { get; } = new();

    protected PipeStreamWrites Writes { get; }

    private static bool IsDone(ValueTask task) => task.IsCompletedSuccessfully;
}

/// <summary>Small writes that gather: without a flush, all of them are flushed in the end, by the pool.</summary>
internal sealed class StreamGathers : StreamScenario
{
    public override void Run() => StartAsync(
        "writer",
        async () =>
        {
            await Writes.WriteAsync(new byte[1], default);
            await Writes.WriteAsync(new byte[1], default);
        });

    public override void Check() => Assert(Writer.Flushed == 3, $"{Writer.Flushed} of 3 bytes have been flushed, and nothing will flush the rest");
}

/// <summary>A dispose, with the pipe left open, while writes gather: nothing that was accepted stays behind, and nothing is touched after it.</summary>
internal sealed class StreamDisposed : StreamScenario
{
    private readonly Tally _accepted = new("accepted");

    public override void Run()
    {
        StartAsync(
            "writer",
            async () =>
            {
                try
                {
                    await Writes.WriteAsync(new byte[1], default);
                    _accepted.Add(1);
                }
                catch (ObjectDisposedException)
                {
                    // It came too late.
                }
            });
        StartAsync("disposer", async () => await Writes.DisposeAsync(leaveOpen: true, isAbortive: false));
    }

    public override void Check() => Assert(Writer.Flushed >= 1 + _accepted.Value, $"{_accepted.Value + 1} bytes have been accepted and {Writer.Flushed} flushed");
}
