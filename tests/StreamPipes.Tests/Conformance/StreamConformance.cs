namespace StreamPipes.Tests.Conformance;

/// <summary>
/// What a duplex <see cref="Stream"/> owes its users. A subclass connects two; where it cannot keep a rule it overrides that rule's
/// property with the reason.
/// </summary>
public abstract partial class StreamConformance
{
    private static readonly Lazy<byte[]> Overflow = new(() => Payload.Seeded(16 * 1024 * 1024, seed: 78));

    /// <summary>Why dispose ends a pending read with something else than <see cref="ObjectDisposedException"/>.</summary>
    protected virtual string? PendingReadAtDisposeDeviates => null;

    /// <summary>Why dispose ends a write that waits with something else than <see cref="ObjectDisposedException"/>.</summary>
    protected virtual string? WaitingWriteAtDisposeDeviates => null;

    /// <summary>Why dispose ends a pending copy with something else than <see cref="ObjectDisposedException"/>.</summary>
    protected virtual string? PendingCopyAtDisposeDeviates => null;

    /// <summary>Why a flush never waits.</summary>
    protected virtual string? FlushNeverWaits => null;

    /// <summary>Why the bytes of a write that is cancelled while it waits do not all arrive.</summary>
    protected virtual string? CancelledWriteIsCutShort => null;

    /// <summary>Why the stream has time limits.</summary>
    protected virtual string? CanTimeOut => null;

    /// <summary>Why a second read beside a pending one is not refused.</summary>
    protected virtual string? SecondReadDeviates => null;

    /// <summary>Why using the disposed stream throws something else than <see cref="ObjectDisposedException"/>.</summary>
    protected virtual string? UseAfterDisposeDeviates => null;

    private protected abstract Task<StreamPair> ConnectAsync();

    protected static void SkipIf(string? deviation) => Assert.SkipWhen(deviation is not null, deviation ?? "");

    /// <summary>More than all the buffers on the way can hold: to write it waits for the peer to read, however slow the machine is.</summary>
    private static byte[] MoreThanFits => Overflow.Value;

    private static async Task ShouldTalkAsync(StreamPair pair)
    {
        byte[] buffer = new byte[5];
        await pair.Client.WriteAsync("hello"u8.ToArray()).Guarded();
        await pair.Server.ReadExactlyAsync(buffer).Guarded();
        buffer.Should().Equal("hello"u8.ToArray());
        await pair.Server.WriteAsync("howdy"u8.ToArray()).Guarded();
        await pair.Client.ReadExactlyAsync(buffer).Guarded();
        buffer.Should().Equal("howdy"u8.ToArray());
    }
}
