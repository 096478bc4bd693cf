namespace StreamPipes.Soak;

/// <summary>What one end of a connection is made of, over a connected socket. The two ends need not be made of the same.</summary>
internal enum Carrier
{
    /// <summary><see cref="TlsConnection"/> over <see cref="SocketConnection"/>.</summary>
    TlsOnSocket,

    /// <summary><see cref="TlsConnection"/> over a <see cref="System.Net.Sockets.NetworkStream"/>.</summary>
    TlsOnStream,

    /// <summary><see cref="StreamConnection"/> over an <see cref="System.Net.Security.SslStream"/>.</summary>
    SslStream,

    /// <summary><see cref="StreamConnection"/> over an SslStream over <c>AsStream</c> of a <see cref="SocketConnection"/>.</summary>
    SslStreamOnPipe,

    /// <summary><see cref="TlsConnection"/> over <c>AsStream</c> of a <see cref="StreamConnection"/>.</summary>
    TlsOnPipeStream,

    /// <summary><see cref="TlsConnection"/> over a <see cref="FragileStream"/>.</summary>
    TlsOnFragileStream,

    /// <summary><see cref="StreamConnection"/> over an <see cref="System.Net.Security.SslStream"/> over a <see cref="FragileStream"/>.</summary>
    SslStreamOnFragileStream,

    /// <summary><see cref="SocketConnection"/> without TLS.</summary>
    Socket,

    /// <summary><see cref="StreamConnection"/> over a NetworkStream without TLS.</summary>
    NetworkStream,
}
