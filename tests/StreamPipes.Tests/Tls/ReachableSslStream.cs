using System.Net.Security;

namespace StreamPipes.Tests.Tls;

/// <summary>A TLS stream that shows what carries it.</summary>
internal sealed class ReachableSslStream(Stream carrier) : SslStream(carrier)
{
    public Stream Carrier => InnerStream;
}
