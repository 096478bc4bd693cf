#if !LIBRARY_NETSTANDARD
using System.Collections.Concurrent;
using System.Security.Authentication;

namespace StreamPipes.Tests.Hostile;

/// <summary>
/// Runs a session for every offset of what the peer sends: each of them in the long run, a part in the normal one. The end of each record, the byte
/// before it and the byte behind it are always among them.
/// </summary>
internal static class EveryOffset
{
    private const int Part = 29;

    /// <returns>The sessions that were tampered with.</returns>
    public static async Task<IReadOnlyCollection<TamperedSession>> RunAsync(
        SslProtocols protocol, bool isClient, Func<Place, Tampering> tamper, PipeConnectionOptions? options = null)
    {
        TamperedSession whole = await TamperedSession.RunAsync(protocol, isClient, Tampering.None);
        whole.Error.Should().BeNull();
        whole.Received.Should().Equal(TamperedSession.Messages);
        IEnumerable<int> offsets = Enumerable.Range(0, (int)whole.Forwarded).Where(offset => LongRun.IsOn || offset % Part == 0);
        Place[] places = [.. offsets.Select(offset => Place.At(offset)), .. Enumerable.Range(1, whole.WholeRecords).SelectMany(AroundTheEnd)];

        ConcurrentQueue<TamperedSession> sessions = new();
        await LongRun.RepeatAsync(places.Length, async i =>
        {
            Tampering tampering = tamper(places[i]);
            TamperedSession session = await TamperedSession.RunAsync(protocol, isClient, tampering, options);

            // The last places lie behind the whole session: the end of its last record, and bytes that another session has and this one has not.
            if (tampering.CutAt is null || session.WholeRecords < whole.WholeRecords) sessions.Enqueue(session);
        });
        return sessions;
    }

    private static IEnumerable<Place> AroundTheEnd(int record) => [new Place(record, -1), new Place(record, 0), new Place(record, 1)];
}
#endif
