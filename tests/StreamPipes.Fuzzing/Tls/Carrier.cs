using StreamPipes.Tests.Testing;

namespace StreamPipes.Fuzzing.Tls;

/// <summary>What the connection under test runs on: reads of a size, and perhaps a fault at the end. It notes whether it was disposed.</summary>
internal sealed class Carrier(Stream inner, TlsPlan plan) : TestStream
{
    public bool IsDisposed { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = await inner.ReadAsync(buffer[..Math.Min(plan.ReadSize, buffer.Length)], cancellationToken);
        return count == 0 && !buffer.IsEmpty && plan.EndsWithFault ? throw new IOException("the cable is out") : count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => inner.WriteAsync(buffer, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return inner.DisposeAsync();
    }
}
