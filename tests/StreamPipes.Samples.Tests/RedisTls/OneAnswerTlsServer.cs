using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using RedisTls;

namespace StreamPipes.Samples.Tests.RedisTls;

/// <summary>A TLS server that is no Redis: whatever it is asked, it gives the same answer.</summary>
internal sealed class OneAnswerTlsServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TemporaryFolder _folder = new();
    private readonly Task _serving;

    public OneAnswerTlsServer(string answer)
    {
        _listener.Start();
        using CertificateAuthority authority = CertificateAuthority.Create();
        AuthorityFile = _folder.Write("ca.pem", authority.CertificatePem);
        _serving = ServeAsync(authority.IssueForThisMachine(), answer);
    }

    public string AuthorityFile { get; }

    public string Address => FormattableString.Invariant($"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _serving.Guarded();
        _folder.Dispose();
    }

    private async Task ServeAsync(X509Certificate2 certificate, string answer)
    {
        using (certificate)
        using (TcpClient client = await _listener.AcceptTcpClientAsync())
        await using (SslStream stream = new(client.GetStream()))
        {
            await stream.AuthenticateAsServerAsync(certificate);
            await stream.ReadExactlyAsync(new byte[1]);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(answer));
            try
            {
                await stream.CopyToAsync(Stream.Null);
            }
            catch (IOException)
            {
                // The client drops a server it cannot talk to with a reset.
            }
        }
    }
}
