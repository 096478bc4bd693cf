using System.Diagnostics.Metrics;

namespace StreamPipes.Common;

/// <summary>
/// The meter <c>StreamPipes</c>, of the whole process. An instrument without listeners costs one <c>Enabled</c> check. What a listener throws harms no
/// connection.
/// </summary>
internal static class Metrics
{
    private static readonly Meter Meter = new("StreamPipes", typeof(Metrics).Assembly.GetName().Version?.ToString(3));
    private static readonly Counter<long> BytesReceived = Meter.CreateCounter<long>("streampipes.bytes.received", "By", "Bytes read from streams and sockets.");
    private static readonly Counter<long> BytesSent = Meter.CreateCounter<long>("streampipes.bytes.sent", "By", "Bytes that streams and sockets have taken.");
    private static readonly Counter<long> Flushes = Meter.CreateCounter<long>("streampipes.flushes", "{flush}", "Flushes of writers, WriteAsync included.");
    private static readonly Counter<long> Batches = Meter.CreateCounter<long>("streampipes.batches", "{batch}", "Writes to streams and sockets, in which flushes are joined.");
    private static readonly Counter<long> LentBatches = Meter.CreateCounter<long>("streampipes.batches.lent", "{batch}", "Of these writes, those that a caller's own thread has begun, without a hop to another.");
    private static readonly Counter<long> Ended = Meter.CreateCounter<long>("streampipes.connections.ended", "{connection}", "Connections that have ended, by their close reason. A detached one has not: what takes its stream over ends it.");
    private static long _open;

    static Metrics() => Meter.CreateObservableUpDownCounter("streampipes.connections.open", static () => Volatile.Read(ref _open), "{connection}", "Connections that have neither ended nor been detached.");

    public static void NoteOpened() => Interlocked.Increment(ref _open);

    public static void NoteEnded(CloseReason reason)
    {
        Interlocked.Decrement(ref _open);
        if (!Ended.Enabled) return;
        try
        {
            Ended.Add(1, new KeyValuePair<string, object?>("streampipes.close_reason", reason.ToString()));
        }
        catch (Exception)
        {
            // It is the listener's own.
        }
    }

    /// <summary>It is no end: the code that takes the stream over brings the connection to its end, and that is counted if it is one of ours.</summary>
    public static void NoteDetached() => Interlocked.Decrement(ref _open);

    public static void NoteReceived(int bytes)
    {
        if (BytesReceived.Enabled) Add(BytesReceived, bytes);
    }

    public static void NoteFlush()
    {
        if (Flushes.Enabled) Add(Flushes, 1);
    }

    /// <param name="bytes">How many the stream has taken.</param>
    /// <param name="isLent">Whether a caller's own thread has begun the write.</param>
    public static void NoteBatch(long bytes, bool isLent)
    {
        if (Batches.Enabled) Add(Batches, 1);
        if (isLent && LentBatches.Enabled) Add(LentBatches, 1);
        if (BytesSent.Enabled) Add(BytesSent, bytes);
    }

    private static void Add(Counter<long> counter, long count)
    {
        try
        {
            counter.Add(count);
        }
        catch (Exception)
        {
            // It is the listener's own.
        }
    }
}
