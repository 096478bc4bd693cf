namespace StreamPipes.AspNetCore.Tests.LeavingClients;

/// <summary>What a server stands on. Those of Kestrel alone are the control group.</summary>
public enum ServerKind
{
    /// <summary>Kestrel's sockets.</summary>
    Sockets,

    /// <summary>Kestrel's TLS on its sockets.</summary>
    UseHttps,

    /// <summary>A layer of the library on Kestrel's sockets.</summary>
    StreamLayer,

    /// <summary>The library's TLS on Kestrel's sockets.</summary>
    UseTlsConnection,

    /// <summary>A layer on the library's TLS on a layer.</summary>
    LayersAndTls,

    /// <summary>Sockets of the library.</summary>
    ConnectionContexts,

    /// <summary>Streams over sockets, by the library.</summary>
    ConnectionContextsOverStreams,

    /// <summary>Kestrel's TLS on sockets of the library.</summary>
    UseHttpsOnConnectionContexts,

    /// <summary>The library's TLS on sockets of the library.</summary>
    UseTlsConnectionOnConnectionContexts,
}
