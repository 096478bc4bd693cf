using System.Security.Authentication;

namespace StreamPipes.Tests.Tls.Interop;

/// <summary>The versions of TLS, in the words of the programs.</summary>
internal static class Versions
{
    public static string ForOpenssl(SslProtocols protocol) => protocol == SslProtocols.Tls13 ? "-tls1_3" : "-tls1_2";

    public static string[] ForCurl(SslProtocols protocol) => protocol == SslProtocols.Tls13 ? ["--tlsv1.3"] : ["--tlsv1.2", "--tls-max", "1.2"];

    public static string Name(SslProtocols protocol) => protocol == SslProtocols.Tls13 ? "TLSv1.3" : "TLSv1.2";
}
