namespace StreamPipes.Tests.Carriers;

/// <summary>What is put over a carrier.</summary>
public enum Layer
{
    None,

    /// <summary>An <see cref="System.Net.Security.SslStream"/> that is authenticated, and then given to the connection.</summary>
    SslStream,

    /// <summary><c>TlsConnection</c> over the stream.</summary>
    TlsConnection,

    /// <summary><c>TlsConnection</c> over a connection over the stream.</summary>
    TlsOverConnection,

    /// <summary>Two Brotli streams over the stream, which they leave open.</summary>
    Brotli,

    /// <summary>Two Deflate streams over the stream, which they leave open, watched for a dispose concurrent with their own reads and writes.</summary>
    WatchedDeflate,

    /// <summary>Two Brotli streams over the two halves of a connection.</summary>
    BrotliOnHalves,
}
