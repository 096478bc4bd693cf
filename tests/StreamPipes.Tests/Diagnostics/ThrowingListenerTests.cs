#if !LIBRARY_NETSTANDARD
using System.Diagnostics.Metrics;

namespace StreamPipes.Tests.Diagnostics;

/// <summary>A listener whose callback throws. It hears the whole process, so that this runs alone.</summary>
[Collection(nameof(RunsAlone))]
public sealed class ThrowingListenerTests
{
    [Fact]
    public async Task A_listener_that_throws_harms_no_connection()
    {
        int calls = 0;
        using MeterListener listener = new();
        listener.InstrumentPublished = static (instrument, self) =>
        {
            if (string.Equals(instrument.Meter.Name, "StreamPipes", StringComparison.Ordinal)) self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) =>
        {
            Interlocked.Increment(ref calls);
            throw new InvalidOperationException("no measurements today");
        });

        // .NET 8 goes on calling a listener that is disposed and did not ask for this.
        listener.MeasurementsCompleted = static (_, _) => { };
        listener.Start();
        ScriptedStream stream = new ScriptedStream().Read(new byte[300]).Eof();
        PipeConnection connection = StreamConnection.Create(stream);

        await connection.Output.WriteAsync(new byte[10]).Guarded();
        (await connection.Input.TakeAllAsync()).Should().HaveCount(300);
        await connection.DisposeAsync().Guarded();

        await connection.Completion.Guarded();
        stream.Written.Should().HaveCount(10);
        calls.Should().Be(5, "bytes both ways, a flush, a batch and the end were measured");
    }
}
#endif
