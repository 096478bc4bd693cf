using System.Security.Cryptography.X509Certificates;

namespace RedisTls;

/// <summary>What the embedded server needs to know.</summary>
internal sealed record RespServerOptions
{
    /// <summary>What the server shows its clients; <see langword="null"/> for a server without TLS.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>0 for a free one. The server listens on the loopback address only.</summary>
    public int Port { get; init; }

    public string User { get; init; } = "default";

    /// <summary>The password clients must log in with; <see langword="null"/> lets everybody in.</summary>
    public string? Password { get; init; }

    /// <summary>How long a client may take for its TLS handshake.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the clients have, when the server ends, to take what is being sent to them.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How many published messages a subscriber may be behind before it is thrown out.</summary>
    public int MaxQueuedMessages { get; init; } = 64 * 1024;

    /// <summary>What one command may ask for.</summary>
    public RespLimits Limits { get; init; } = new() { MaxBytes = 64 * 1024 * 1024 };
}
