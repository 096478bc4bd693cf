using StreamPipes.Benchmarks.Links;
using StreamPipes.Benchmarks.Processes;

namespace StreamPipes.Benchmarks.Apart;

/// <summary>The raw other side of a row, in a process of its own, whose processor time is not counted.</summary>
internal static class ApartPeer
{
    public const string Subject = "apart-peer";

    public static Task<int> ServeAsync(ApartRow row) => PeerProcess.ServeAsync(() => Make(row), row.IsTls);

    private static Peer Make(ApartRow row)
    {
        bool acknowledges = row.Traffic is Traffic.Flood or Traffic.FanOut;
        long batchBytes = (long)row.BatchMessages * ApartRow.MessageSize;

        // A thread for each connection as long as those are few: it answers soonest, and the same for everybody.
        if (row.Connections > ApartRow.MostThreads) return acknowledges ? new PoolPeer(stream => Serving.AcknowledgeAsync(stream, batchBytes)) : new PoolPeer();
        return acknowledges ? new ThreadPeer(stream => Serving.Acknowledge(stream, batchBytes)) : new ThreadPeer(Serving.Echo);
    }
}
