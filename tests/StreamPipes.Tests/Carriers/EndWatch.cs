namespace StreamPipes.Tests.Carriers;

/// <summary>Remembers whether a read has found the end: so that it shows whether the layer above ended by itself.</summary>
internal sealed class EndWatch(Stream inner) : WrappingStream(inner)
{
    public bool HasEnded { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count = await base.ReadAsync(buffer, cancellationToken);
        if (count == 0 && buffer.Length > 0) HasEnded = true;
        return count;
    }
}
