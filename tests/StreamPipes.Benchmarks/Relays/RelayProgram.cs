using System.Globalization;
using StreamPipes.Benchmarks.Processes;

namespace StreamPipes.Benchmarks.Relays;

/// <summary>A program that takes TLS off what comes in and passes everything on to a plain server, both ways, each with its usual settings.</summary>
/// <param name="Key">Its name in the values.</param>
/// <param name="Name">Its name in the tables.</param>
/// <param name="Obstacle">Why it cannot be measured on this machine; <see langword="null"/> if it can.</param>
/// <param name="Command">What starts it, given the files, the port to listen at and the port of the server.</param>
internal sealed record RelayProgram(string Key, string Name, string? Obstacle, Func<RelayFiles, int, int, IReadOnlyList<string>> Command)
{
    private const string StreamModule = "/usr/lib/nginx/modules/ngx_stream_module.so";

    /// <summary>Whom all are divided by.</summary>
    public bool IsReference => string.Equals(Key, "haproxy", StringComparison.Ordinal);

    public static IReadOnlyList<RelayProgram> All { get; } =
    [
        new("streampipes", "StreamPipes, `RelayAsync`", null, (files, port, server) => Child.Command(OwnRelay.Subject, OwnRelay.Relay, files.Both, Text(port), Text(server))),
        new("copy", "`SslStream` and `NetworkStream`, two `CopyToAsync`", null, (files, port, server) => Child.Command(OwnRelay.Subject, OwnRelay.Copy, files.Both, Text(port), Text(server))),
        new("haproxy", "HAProxy, `mode tcp`", ExternalProgram.Missing("haproxy", "haproxy"), (files, port, server) => ["haproxy", "-db", "-q", "-f", files.Write("haproxy.cfg", Haproxy(files, port, server))]),
        new("stunnel", "stunnel", ExternalProgram.Missing("stunnel4", "stunnel4"), (files, port, server) => ["stunnel4", files.Write("stunnel.conf", Stunnel(files, port, server))]),
        new("nginx", "nginx, `stream`", ExternalProgram.Missing("nginx", "nginx-light") ?? (File.Exists(StreamModule) ? null : "nginx has no stream module; get it with: apt-get install libnginx-mod-stream"), (files, port, server) => ["nginx", "-e", "/dev/stderr", "-p", files.PathOf("."), "-c", files.Write("nginx.conf", Nginx(files, port, server))]),
    ];

    private static string Haproxy(RelayFiles files, int port, int server) => $"""
        global
            maxconn 4000
        defaults
            mode tcp
            timeout connect 5s
            timeout client 60s
            timeout server 60s
        frontend in
            bind 127.0.0.1:{port} ssl crt {files.Both}
            default_backend out
        backend out
            server plain 127.0.0.1:{server}

        """;

    private static string Stunnel(RelayFiles files, int port, int server) => $"""
        foreground = yes
        pid =
        debug = err
        [relay]
        accept = 127.0.0.1:{port}
        connect = 127.0.0.1:{server}
        cert = {files.Certificate}
        key = {files.Key}

        """;

    private static string Nginx(RelayFiles files, int port, int server) => $$"""
        load_module {{StreamModule}};
        daemon off;
        worker_processes auto;
        pid {{files.PathOf("nginx.pid")}};
        error_log /dev/stderr emerg;
        events { worker_connections 4096; }
        stream {
            server {
                listen 127.0.0.1:{{port}} ssl;
                ssl_certificate {{files.Certificate}};
                ssl_certificate_key {{files.Key}};
                ssl_protocols TLSv1.2 TLSv1.3;
                proxy_half_close on;
                proxy_pass 127.0.0.1:{{server}};
            }
        }

        """;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
