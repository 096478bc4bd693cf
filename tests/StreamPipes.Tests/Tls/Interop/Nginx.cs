#if !LIBRARY_NETSTANDARD
namespace StreamPipes.Tests.Tls.Interop;

/// <summary>An nginx of its own for one test, with one server over http or https.</summary>
internal static class Nginx
{
    /// <param name="listen">What follows the address in the directive of that name.</param>
    /// <param name="lines">What else the server has, given the folder with the certificates.</param>
    public static Task<ForeignTlsServer> StartAsync(string listen, Func<PemFolder, string> lines)
    {
        ExternalProgram.Require("nginx", "nginx-light");
        return ForeignTlsServer.StartOnAsync(
            "nginx",
            (files, port) => ["-e", "/dev/stdout", "-p", files.PathOf("."), "-c", files.Write("nginx.conf", Configuration(files, port, listen, lines(files)))],
            "OS: ");
    }

    private static string Configuration(PemFolder files, int port, string listen, string lines) => $$"""
        daemon off;
        master_process off;
        pid {{files.PathOf("nginx.pid")}};
        error_log /dev/stdout notice;
        events { }
        http {
            access_log off;
            client_body_temp_path {{files.PathOf("body")}};
            proxy_temp_path {{files.PathOf("proxy")}};
            fastcgi_temp_path {{files.PathOf("fastcgi")}};
            uwsgi_temp_path {{files.PathOf("uwsgi")}};
            scgi_temp_path {{files.PathOf("scgi")}};
            server {
                listen 127.0.0.1:{{port}} {{listen}};
                ssl_protocols TLSv1.2 TLSv1.3;
                ssl_certificate {{files.CertificateOf(TestCertificates.Server)}};
                ssl_certificate_key {{files.KeyOf(TestCertificates.Server)}};
                {{lines}}
            }
        }

        """;
}
#endif
