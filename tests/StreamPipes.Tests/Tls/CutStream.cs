using System.Net.Security;

namespace StreamPipes.Tests.Tls;

/// <summary>Writes half of what it is given, once told to: a sender that dies in the middle of a record.</summary>
internal sealed class CutStream(Stream inner) : WrappingStream(inner)
{
    public bool IsCutting { get; set; }

    public static CutStream Under(SslStream tls) => (CutStream)((ReachableSslStream)tls).Carrier;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        base.WriteAsync(IsCutting ? buffer[..(buffer.Length / 2)] : buffer, cancellationToken);
}
