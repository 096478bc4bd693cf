using StreamPipes.Buffers;

namespace StreamPipes.Scheduling;

/// <summary>
/// Lets a batch grow while the writer is in the middle of a burst of flushes: a write costs many times what the writer needs for one more
/// message. It ends as soon as the writer pauses, so that a lone message waits about a microsecond.
/// </summary>
internal sealed class SendPace
{
    private const int MaximumLooks = 100;
    private const int SpinsBetweenLooks = 20;
    private const int QuietLooks = 2;

    private readonly int _enough;

    private SendPace(int enough) => _enough = enough;

    /// <summary>On one processor the writer cannot go on while the pump looks.</summary>
    public static SendPace? Create(int enough) => Environment.ProcessorCount > 1 ? new SendPace(enough) : null;

    public void WaitForMore(ByteQueue queue)
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
