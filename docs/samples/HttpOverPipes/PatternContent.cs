using System.Net;

namespace HttpOverPipes;

/// <summary>A request body of that many bytes, which is nowhere in memory.</summary>
internal sealed class PatternContent(long size) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => Pattern.WriteAsync(stream, size, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) => Pattern.WriteAsync(stream, size, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = size;
        return true;
    }
}
