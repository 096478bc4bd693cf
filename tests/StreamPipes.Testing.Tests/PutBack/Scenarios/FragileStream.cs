namespace StreamPipes.Testing.Tests.PutBack.Scenarios;

/// <summary>A stream that a cancelled read ends in both directions, as it does a WebSocket's.</summary>
internal sealed class FragileStream(VirtualStream inner) : WrappingStream(inner)
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await using CancellationTokenRegistration ends = cancellationToken.Register(inner.Reset);
        return await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
    }
}
