using System.Globalization;
using StreamPipes.Benchmarks.Links;

namespace StreamPipes.Benchmarks.Apart;

/// <summary>The raw other side of a row, in a process of its own, whose processor time nobody counts.</summary>
internal static class ApartPeer
{
    public const string Subject = "apart-peer";

    /// <summary>The child's part: it prints its port and serves until its input ends.</summary>
    public static async Task<int> ServeAsync(ApartRow row)
    {
        using PeerServer server = new(() => Make(row), row.IsTls);
        await Console.Out.WriteLineAsync(server.EndPoint.Port.ToString(CultureInfo.InvariantCulture));
        await Console.In.ReadToEndAsync();
        return 0;
    }

    private static Peer Make(ApartRow row)
    {
        bool acknowledges = row.Traffic is Traffic.Flood or Traffic.FanOut;
        long batchBytes = (long)row.BatchMessages * ApartRow.MessageSize;

        // A thread for each connection as long as those are few: it answers soonest, and the same for everybody.
        if (row.Connections > ApartRow.MostThreads) return acknowledges ? new PoolPeer(stream => Serving.AcknowledgeAsync(stream, batchBytes)) : new PoolPeer();
        return acknowledges ? new ThreadPeer(stream => Serving.Acknowledge(stream, batchBytes)) : new ThreadPeer(Serving.Echo);
    }
}
