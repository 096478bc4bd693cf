#if !LIBRARY_NETSTANDARD
using System.Globalization;
using System.Net;
using StreamPipes.Tests.Tls;
using StreamPipes.Tests.Tls.Interop;

namespace StreamPipes.Tests.Detach;

/// <summary>STARTTLS with programs that others wrote: Python's smtplib, <c>openssl s_client -starttls smtp</c>, and a server on Python's ssl module.</summary>
[Collection(nameof(RealServers))]
public sealed class RealStartTlsTests : IDisposable
{
    private const string Client = """
        import smtplib, ssl, sys
        port, authority = int(sys.argv[1]), sys.argv[2]
        with smtplib.SMTP("localhost", port, timeout=20) as mail:
            mail.ehlo("client.test")
            mail.starttls(context=ssl.create_default_context(cafile=authority))
            print(mail.sock.version())
            mail.ehlo("client.test")
            print(mail.noop())
        """;

    private const string Server = """
        import socket, ssl, sys
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1], sys.argv[2])
        listener = socket.create_server(("127.0.0.1", 0))
        print("port", listener.getsockname()[1], "end", flush=True)
        peer, _ = listener.accept()
        lines = peer.makefile("rb", buffering=0)
        peer.sendall(b"220 mail.test ready\r\n")
        lines.readline()
        peer.sendall(b"250-mail.test\r\n250 STARTTLS\r\n")
        lines.readline()
        peer.sendall(b"220 go ahead\r\n")
        secured = context.wrap_socket(peer, server_side=True)
        inside = secured.makefile("rb", buffering=0)
        print(inside.readline().decode().strip(), flush=True)
        secured.sendall(b"250 inside\r\n")
        inside.readline()
        """;

    private readonly PemFolder _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Pythons_smtplib_upgrades_and_talks_to_our_server()
    {
        ExternalProgram.Require("python3", "python3");
        await using MailServer server = MailServer.Start();
        Task<string[]> serving = server.ServeOneAsync();

        ProcessResult client = await ExternalProcess.RunAsync("python3", [_files.Write("client.py", Client), server.Port, _files.Authority]);

        client.ExitCode.Should().Be(0, client.Error);
        client.Output.Should().Contain("TLSv1.3").And.Contain("as you wish");
        (await serving.Guarded()).Should().Equal("ehlo client.test", "noop", "QUIT");
    }

    [Fact]
    public async Task Openssl_upgrades_and_talks_to_our_server()
    {
        ExternalProgram.Require("openssl", "openssl");
        await using MailServer server = MailServer.Start();
        Task<string[]> serving = server.ServeOneAsync();
        await using ExternalProcess openssl = ExternalProcess.Start(
            "openssl", "s_client", "-connect", $"127.0.0.1:{server.Port}", "-starttls", "smtp", "-crlf", "-servername", "localhost", "-verify_hostname", "localhost", "-CAfile", _files.Authority, "-verify_return_error");
        (await openssl.WaitForOutputAsync("Verify return code: 0 (ok)")).Should().BeTrue(openssl.Error);

        // In upper case its own commands would take them.
        await openssl.Input.WriteAsync("noop\nquit\n");
        await openssl.Input.FlushAsync();

        (await openssl.WaitForOutputAsync("250 as you wish")).Should().BeTrue(openssl.Error);
        openssl.Input.Close();
        (await serving.Guarded()).Should().Equal("noop", "quit");
    }

    [Fact]
    public async Task Our_client_upgrades_and_talks_to_a_server_on_Pythons_ssl()
    {
        ExternalProgram.Require("python3", "python3");
        await using ExternalProcess server = ExternalProcess.Start(
            "python3", _files.Write("server.py", Server), _files.CertificateOf(TestCertificates.Server), _files.KeyOf(TestCertificates.Server));
        (await server.WaitForOutputAsync("end")).Should().BeTrue(server.Error);
        int port = int.Parse(server.Output.Split(' ')[1], CultureInfo.InvariantCulture);
        PipeConnection plain = await SocketConnection.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port)).Guarded();
        (await plain.Input.ReadLineAsync()).Should().StartWith("220");
        await plain.Output.WriteLineAsync("EHLO client.test");
        (await plain.Input.ReadLineAsync()).Should().StartWith("250-");
        (await plain.Input.ReadLineAsync()).Should().Be("250 STARTTLS");
        await plain.Output.WriteLineAsync("STARTTLS");
        (await plain.Input.ReadLineAsync()).Should().StartWith("220");

        await using PipeConnection secured = await TlsConnection.UpgradeAsClientAsync(plain, TlsOptions.Client()).Guarded();

        await secured.Output.WriteLineAsync("EHLO again.test");
        (await secured.Input.ReadLineAsync()).Should().Be("250 inside");
        await secured.Output.WriteLineAsync("QUIT");
        (await server.WaitForExitAsync()).ExitCode.Should().Be(0, server.Error);
        server.Output.Should().Contain("EHLO again.test");
    }
}
#endif
