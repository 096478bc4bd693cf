namespace StreamPipes.Common;

/// <summary>.NET Standard has no meters without a further package: there the library counts nothing.</summary>
internal static class Metrics
{
    public static void NoteOpened()
    {
    }

    public static void NoteEnded(CloseReason reason) => _ = reason;

    public static void NoteDetached()
    {
    }

    public static void NoteReceived(int bytes) => _ = bytes;

    public static void NoteFlush()
    {
    }

    public static void NoteBatch(long bytes, bool isLent) => _ = (bytes, isLent);
}
