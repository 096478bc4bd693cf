#if !LIBRARY_NETSTANDARD
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using StreamPipes.Common;

namespace StreamPipes.Tests.Diagnostics;

/// <summary>Listens to the library's meter and adds up, by the instrument and its tag.</summary>
internal sealed class MeterReading : IDisposable
{
    private readonly Lock _sync = new();
    private readonly Dictionary<string, long> _sums = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> _units = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();

    public MeterReading()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!string.Equals(instrument.Meter.Name, "StreamPipes", StringComparison.Ordinal)) return;
            _units[instrument.Name] = instrument.Unit;
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>(Take);

        // There are no instruments before the first connection.
        RuntimeHelpers.RunClassConstructor(typeof(Metrics).TypeHandle);
        _listener.Start();
    }

    public IReadOnlyDictionary<string, string?> Units => _units;

    public long this[string name]
    {
        get
        {
            lock (_sync) return _sums.GetValueOrDefault(name);
        }
    }

    /// <summary>What an observable instrument says now.</summary>
    public long Observe(string name)
    {
        lock (_sync) _sums[name] = 0;
        _listener.RecordObservableInstruments();
        return this[name];
    }

    public void Dispose() => _listener.Dispose();

    private void Take(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        string name = tags.IsEmpty ? instrument.Name : $"{instrument.Name} {tags[0].Key}={tags[0].Value}";
        lock (_sync) _sums[name] = _sums.GetValueOrDefault(name) + value;
    }
}
#endif
