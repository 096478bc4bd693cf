using RESPite.Transports;

namespace StreamPipes.StackExchangeRedis.Tests.Testing;

/// <summary>A transport that no client may come to use: it notes its dispose.</summary>
internal sealed class UnusedTransport : DuplexTransport
{
    public bool IsDisposed { get; private set; }

    public override Memory<byte> GetMemory(int sizeHint = 0) => throw new NotSupportedException();

    public override void Advance(int count) => throw new NotSupportedException();

    public override bool Flush() => throw new NotSupportedException();

    public override void Start(TransportReceiver receiver) => throw new NotSupportedException();

    public override ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return default;
    }
}
