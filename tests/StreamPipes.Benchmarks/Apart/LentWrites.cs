using System.Diagnostics.Metrics;

namespace StreamPipes.Benchmarks.Apart;

/// <summary>Counts the writes of the library, and those of them that a caller's thread has begun: whether the fast path was taken. As long as it is not disposed.</summary>
internal sealed class LentWrites : IDisposable
{
    private const string All = "streampipes.batches";
    private const string Lent = "streampipes.batches.lent";

    private readonly MeterListener _listener = new();
    private long _all;
    private long _lent;

    public LentWrites()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Name is All or Lent) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => Interlocked.Add(ref string.Equals(instrument.Name, Lent, StringComparison.Ordinal) ? ref _lent : ref _all, value));
        _listener.Start();
    }

    /// <summary>Of all writes; <see cref="double.NaN"/> if the library has made none.</summary>
    public double Share => Volatile.Read(ref _all) == 0 ? double.NaN : (double)Volatile.Read(ref _lent) / Volatile.Read(ref _all);

    public void Dispose() => _listener.Dispose();
}
