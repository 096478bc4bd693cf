using System.Security.Cryptography.X509Certificates;

namespace LineServer;

/// <summary>What the server needs to know.</summary>
internal sealed record LineServerOptions
{
    /// <summary>0 for a free one. The server listens on the loopback address only.</summary>
    public int Port { get; init; }

    /// <summary>What the server shows its clients; <see langword="null"/> for a server without TLS.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>How many bytes a line may have, without its end.</summary>
    public int MaxLineLength { get; init; } = 4096;

    /// <summary>How long a client may leave what it is sent unread, once nothing more fits in between.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a client may be silent.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the clients have, when the server ends, to take what is being sent to them.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(3);
}
