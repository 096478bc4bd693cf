namespace StreamPipes.Internal;

/// <summary>
/// Lets a batch grow while the writer is in the middle of a burst of flushes: a write costs many times what the writer needs for one more
/// message. It ends as soon as the writer pauses, so that a lone message waits about a microsecond.
/// </summary>
internal sealed class SendPace
{
    private const int MaximumLooks = 100;
    private const int SpinsBetweenLooks = 20;
    private const int QuietLooks = 2;
    private static readonly bool CanSpin = Environment.ProcessorCount > 1;

    private readonly int _enough;

    public SendPace(int enough) => _enough = enough;

    /// <param name="taken">The bytes ever flushed that the pump knows of.</param>
    /// <param name="ready">How many of them are still to be written.</param>
    /// <param name="flushed">The bytes ever flushed; the writer raises it.</param>
    /// <returns>Whether there are more bytes now.</returns>
    public bool WaitForMore(long taken, long ready, ref long flushed)
    {
        if (!CanSpin || ready >= _enough) return false;
        long enough = taken - ready + _enough;
        long seen = Volatile.Read(ref flushed);
        int quiet = 0;
        for (int look = 0; look < MaximumLooks && quiet < QuietLooks && seen < enough; look++)
        {
            Thread.SpinWait(SpinsBetweenLooks);
            long now = Volatile.Read(ref flushed);
            quiet = now == seen ? quiet + 1 : 0;
            seen = now;
        }

        return seen > taken;
    }
}
