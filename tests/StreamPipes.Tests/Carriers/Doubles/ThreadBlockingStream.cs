namespace StreamPipes.Tests.Carriers;

/// <summary>Its ReadAsync blocks the calling thread until there is something, and ignores its token. A dispose ends it.</summary>
internal sealed class ThreadBlockingStream(Wire input, Wire output) : WireStream(input, output)
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new ValueTask<int>(Blocking.Wait(base.ReadAsync(buffer, CancellationToken.None).AsTask()));
    }
}
