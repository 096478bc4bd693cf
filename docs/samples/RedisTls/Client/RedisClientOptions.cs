using System.Security.Cryptography.X509Certificates;

namespace RedisTls;

/// <summary>Where the server is and how to log in.</summary>
internal sealed record RedisClientOptions
{
    public required string Host { get; init; }

    public required int Port { get; init; }

    /// <summary>Whether to talk TLS.</summary>
    public bool UseTls { get; init; } = true;

    /// <summary>The authorities to trust, and no others; <see langword="null"/> for those the machine trusts.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>The user; <see langword="null"/> for the one called <c>default</c>.</summary>
    public string? User { get; init; }

    public string? Password { get; init; }

    /// <summary>2 or 3.</summary>
    public int Protocol { get; init; } = 3;

    /// <summary>How long connecting, the TLS handshake and the login may take together.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
