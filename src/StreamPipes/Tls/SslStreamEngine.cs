using System.Net.Security;
using StreamPipes.Transports;

namespace StreamPipes.Tls;

/// <summary>TLS by the framework's <see cref="SslStream"/>.</summary>
internal sealed class SslStreamEngine : TlsEngine
{
    private readonly Func<SslStream, CancellationToken, Task> _authenticate;

    public SslStreamEngine(Func<SslStream, CancellationToken, Task> authenticate) => _authenticate = authenticate;

    public override TlsEngineSession Begin(Stream carrier, bool leaveOpen) => new Session(new SslStream(carrier, leaveOpen), _authenticate);

    private sealed class Session : TlsEngineSession
    {
        private readonly SslStream _stream;
        private readonly Func<SslStream, CancellationToken, Task> _authenticate;

        public Session(SslStream stream, Func<SslStream, CancellationToken, Task> authenticate)
        {
            _stream = stream;
            _authenticate = authenticate;
        }

        public override Task HandshakeAsync(CancellationToken cancellationToken) => _authenticate(_stream, cancellationToken);

        public override Transport ToTransport(PipeConnectionOptions options) => StreamTransport.ForTls(_stream, options);

        public override Task DropAsync() => StreamEnding.DisposeAsync(_stream);
    }
}
