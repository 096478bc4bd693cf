using System.Net.Security;

namespace StreamPipes.Common.Polyfills;

/// <summary>What TLS has negotiated is public on modern targets only: of .NET Standard's <see cref="SslStream"/> too little of it can be learned.</summary>
internal sealed class TlsSession
{
    private TlsSession()
    {
    }

    public static TlsSession? TryCreate(SslStream stream)
    {
        _ = stream;
        return null;
    }
}
