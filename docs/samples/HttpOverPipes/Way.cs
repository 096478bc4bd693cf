namespace HttpOverPipes;

/// <summary>What is between the socket and HTTP, on both sides.</summary>
internal enum Way
{
    /// <summary>Nothing.</summary>
    Plain,

    /// <summary>TLS, made by the library on both sides.</summary>
    Tls,

    /// <summary>TLS, made by the library for the server and by <see cref="HttpClient"/> itself, over a stream of the library, for the client.</summary>
    TlsOfHttpClient,

    /// <summary>Compression.</summary>
    Brotli,
}
