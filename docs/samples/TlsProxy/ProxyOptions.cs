using System.Net;
using System.Net.Security;

namespace TlsProxy;

/// <summary>What a proxy accepts and where it dials.</summary>
internal sealed record ProxyOptions
{
    /// <summary>Port 0 is a free one.</summary>
    public IPEndPoint ListenAt { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>TLS for clients; <see langword="null"/>: what they send is passed on as it comes.</summary>
    public SslServerAuthenticationOptions? Tls { get; init; }

    /// <summary>From where clients must begin with a PROXY header; <see langword="null"/>: no client has one.</summary>
    public IPNetwork? TrustedProxies { get; init; }

    /// <summary>The one backend of all clients; <see langword="null"/>: the <see cref="Routes"/> have it.</summary>
    public EndPoint? Backend { get; init; }

    /// <summary>The backends by the name that a client asks for in TLS, which is passed through.</summary>
    public IReadOnlyDictionary<string, EndPoint> Routes { get; init; } = new Dictionary<string, EndPoint>(StringComparer.OrdinalIgnoreCase);

    /// <summary>TLS to the backend; <see langword="null"/>: none but what clients bring.</summary>
    public SslClientAuthenticationOptions? BackendTls { get; init; }

    /// <summary>The version of the PROXY header that the backend gets, 1 or 2; <see langword="null"/>: none.</summary>
    public int? ProxyVersion { get; init; }

    /// <summary>How long a client may take to send the name of its backend.</summary>
    public TimeSpan HelloTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Receives what went wrong with one client, and its address.</summary>
    public Action<EndPoint?, Exception>? Report { get; init; }
}
