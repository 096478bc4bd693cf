using StreamPipes.Common;

namespace StreamPipes.Transports;

/// <summary>A read of a stream that stays pending although its caller has left: the next reader of the stream takes what it brings.</summary>
internal sealed class LateRead
{
    private readonly Action _cancel;

    public LateRead(Task<ReadOnlyMemory<byte>?> bytes, Action cancel)
    {
        Bytes = bytes;
        _cancel = cancel;
        ObservedTask.ObserveLater(bytes);
    }

    /// <summary>What was read; <see langword="null"/> at the end, and empty if the read has told no more than that there is something to read.</summary>
    public Task<ReadOnlyMemory<byte>?> Bytes { get; }

    /// <summary>For a stream that is done with: its dispose need not have ended the read.</summary>
    public void Cancel()
    {
        if (!Bytes.IsCompleted) _cancel();
    }
}
