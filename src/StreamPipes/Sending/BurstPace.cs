using StreamPipes.Buffers;

namespace StreamPipes.Sending;

/// <summary>
/// Lets a batch grow while the writer is in the middle of a burst of flushes: a write costs many times what the writer needs for one more
/// message. It ends as soon as the writer pauses, and a lone message never waits.
/// </summary>
internal sealed class BurstPace
{
    private const int MaximumLooks = 100;
    private const int SpinsBetweenLooks = 20;
    private const int QuietLooks = 2;

    private readonly int _enough;
    private int _publicationsSeen;

    private BurstPace(int enough) => _enough = enough;

    /// <summary>On one processor the writer cannot continue while the pump looks.</summary>
    public static BurstPace? Create(int enough) => Environment.ProcessorCount > 1 ? new BurstPace(enough) : null;

    /// <summary>Pump, before it takes a batch.</summary>
    public void WaitForMore(ByteQueue queue)
    {
        int publications = queue.Publications;
        bool isBurst = publications - _publicationsSeen > 1;
        if (isBurst) Spin(queue);
        _publicationsSeen = isBurst ? queue.Publications : publications;
    }

    private void Spin(ByteQueue queue)
    {
        long enough = queue.Consumed + _enough;
        long seen = queue.Published;
        int quiet = 0;
        for (int look = 0; look < MaximumLooks && quiet < QuietLooks && seen < enough; look++)
        {
            Thread.SpinWait(SpinsBetweenLooks);
            long now = queue.Published;
            quiet = now == seen ? quiet + 1 : 0;
            seen = now;
        }
    }
}
