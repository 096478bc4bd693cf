using System.Security.Cryptography.X509Certificates;

namespace SpoaAgent;

/// <summary>What the agent needs to know.</summary>
internal sealed record AgentOptions
{
    /// <summary>0 for a free one. The agent listens on the loopback address only.</summary>
    public int Port { get; init; }

    /// <summary>What the agent shows HAProxy; <see langword="null"/> for an agent without TLS.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>The largest frame this side takes. HAProxy's own limit counts if it is lower.</summary>
    public int MaxFrameSize { get; init; } = 16 * 1024;

    /// <summary>How many bytes the fragments of one payload may be together.</summary>
    public int MaxFragmentedSize { get; init; } = 1024 * 1024;

    /// <summary>How many NOTIFYs of one connection may be in work. Then the connection is not read on, and HAProxy has to wait.</summary>
    public int MaxInWork { get; init; } = 256;

    /// <summary>How long a connection may be silent. HAProxy closes idle ones itself, much earlier.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Where trouble with one connection or one message is told; it does not stop the agent.</summary>
    public Action<string> Report { get; init; } = _ => { };
}
