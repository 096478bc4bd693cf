namespace StreamPipes.Tests.Conformance;

/// <summary>
/// What a duplex <see cref="Stream"/> owes its users. A subclass connects two; where it cannot keep a rule it overrides that rule's
/// property with the reason.
/// </summary>
public abstract partial class StreamConformance
{
    /// <summary>Why dispose ends a pending read with something else than <see cref="ObjectDisposedException"/>.</summary>
    protected virtual string? PendingReadAtDisposeDeviates => null;

    /// <summary>Why a second read beside a pending one is not refused.</summary>
    protected virtual string? SecondReadDeviates => null;

    /// <summary>Why using the disposed stream throws something else than <see cref="ObjectDisposedException"/>.</summary>
    protected virtual string? UseAfterDisposeDeviates => null;

    private protected abstract Task<StreamPair> ConnectAsync();

    protected static void SkipIf(string? deviation) => Assert.SkipWhen(deviation is not null, deviation ?? "");

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
