namespace StreamPipes.Tests.Threads;

/// <summary>Keeps what is written, when told so, and gives it to the inner stream in one write.</summary>
internal sealed class GatheringWriteStream(Stream inner) : WrappingStream(inner)
{
    private readonly MemoryStream _gathered = new();

    public bool Gathers { get; set; }

    public async Task SendAsync()
    {
        Gathers = false;
        await Inner.WriteAsync(_gathered.ToArray());
        await Inner.FlushAsync();
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!Gathers) return base.WriteAsync(buffer, cancellationToken);
        _gathered.Write(buffer.Span);
        return default;
    }
}
