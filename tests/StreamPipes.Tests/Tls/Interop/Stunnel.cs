#if !LIBRARY_NETSTANDARD
namespace StreamPipes.Tests.Tls.Interop;

/// <summary>A stunnel of its own for one test, before a plain server.</summary>
internal static class Stunnel
{
    /// <param name="behind">The plain server.</param>
    /// <param name="more">What else its service has.</param>
    public static Task<ForeignTlsServer> StartAsync(PlainEcho behind, string more = "")
    {
        ExternalProgram.Require("stunnel4", "stunnel4");
        return ForeignTlsServer.StartAsync("stunnel4", files => [files.Write("stunnel.conf", Configuration(files, behind, more))], "bound to ");
    }

    private static string Configuration(PemFolder files, PlainEcho behind, string more) => $"""
        foreground = yes
        pid =
        debug = info
        output = /dev/stdout
        [tls]
        accept = 127.0.0.1:0
        connect = {behind.Address}
        cert = {files.CertificateOf(TestCertificates.Server)}
        key = {files.KeyOf(TestCertificates.Server)}
        CAfile = {files.Authority}
        {more}

        """;
}
#endif
