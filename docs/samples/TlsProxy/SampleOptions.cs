using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace TlsProxy;

/// <summary>The command line.</summary>
internal sealed class SampleOptions
{
    public const string Usage = "usage: TlsProxy [--port PORT (--to HOST:PORT [--cert FILE] [--to-tls] [--ca FILE] | --route NAME=HOST:PORT...) [--accept-proxy NETWORK] [--send-proxy 1|2]]";

    private readonly Dictionary<string, EndPoint> _routes = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>0 for a free one; <see langword="null"/> for the tour.</summary>
    public int? Port { get; private set; }

    /// <summary>The host and the port of the one backend.</summary>
    public (string Host, EndPoint EndPoint)? Backend { get; private set; }

    /// <summary>The backends by name.</summary>
    public IReadOnlyDictionary<string, EndPoint> Routes => _routes;

    /// <summary>A PEM file with the certificate and the key to accept TLS with.</summary>
    public string? CertificateFile { get; private set; }

    public bool IsTlsToBackend { get; private set; }

    /// <summary>A PEM file with whom to trust for the backend.</summary>
    public string? AuthorityFile { get; private set; }

    public IPNetwork? TrustedProxies { get; private set; }

    public int? ProxyVersion { get; private set; }

    public static bool TryParse(string[] args, [NotNullWhen(true)] out SampleOptions? options)
    {
        options = new SampleOptions();
        bool isRight = true;
        for (int i = 0; i < args.Length && isRight; i++)
        {
            if (args[i] is "--to-tls") options.IsTlsToBackend = true;
            else isRight = i + 1 < args.Length && options.TryTake(args[i], args[++i]);
        }

        isRight = isRight && (args.Length == 0 || options.IsComplete());
        if (!isRight) options = null;
        return isRight;
    }

    /// <summary>A name comes with TLS that is passed through, so it goes with no TLS of the proxy's own.</summary>
    private bool IsComplete()
    {
        bool hasTls = CertificateFile is not null || IsTlsToBackend;
        bool isOneWay = Backend is null ? _routes.Count > 0 && !hasTls : _routes.Count == 0;
        return Port is not null && isOneWay && (AuthorityFile is null || IsTlsToBackend);
    }

    private bool TryTake(string name, string value)
    {
        switch (name)
        {
            case "--port":
                bool isPort = ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port);
                Port = port;
                return isPort;
            case "--to":
                Backend = ParseAddress(value);
                return Backend is not null;
            case "--route":
                string[] parts = value.Split('=');
                return parts is [{ Length: > 0 }, _] && ParseAddress(parts[1]) is { } address && _routes.TryAdd(parts[0], address.EndPoint);
            case "--cert":
                CertificateFile = value;
                return value.Length > 0;
            case "--ca":
                AuthorityFile = value;
                return value.Length > 0;
            case "--accept-proxy":
                bool isNetwork = IPNetwork.TryParse(value, out IPNetwork network);
                TrustedProxies = network;
                return isNetwork;
            case "--send-proxy":
                ProxyVersion = value is "1" ? 1 : 2;
                return value is "1" or "2";
            default:
                return false;
        }
    }

    private static (string Host, EndPoint EndPoint)? ParseAddress(string text)
    {
        int colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) || port == 0) return null;
        string host = text[..colon];
        if (IPEndPoint.TryParse(text, out IPEndPoint? endPoint)) return (endPoint.Address.ToString(), endPoint);
        return Uri.CheckHostName(host) == UriHostNameType.Dns ? (host, new DnsEndPoint(host, port)) : null;
    }
}
