using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace HttpOverPipes;

/// <summary>The command line.</summary>
internal sealed record SampleOptions
{
    public const string Usage = "usage: HttpOverPipes [--listen CERTIFICATE-FILE [--port PORT] [--tls-port PORT]]";

    /// <summary>Where to write the certificate, and keep the server running; <see langword="null"/> for the tour.</summary>
    public string? CertificateFile { get; private set; }

    /// <summary>0 for a free one.</summary>
    public int Port { get; private set; }

    /// <summary>0 for a free one.</summary>
    public int TlsPort { get; private set; }

    public static bool TryParse(string[] args, [NotNullWhen(true)] out SampleOptions? options)
    {
        options = new SampleOptions();
        for (int i = 0; i < args.Length; i += 2)
        {
            if (i + 1 < args.Length && options.TryTake(args[i], args[i + 1])) continue;
            options = null;
            return false;
        }

        bool isUsable = options.CertificateFile is not null || (options.Port == 0 && options.TlsPort == 0);
        if (!isUsable) options = null;
        return isUsable;
    }

    private bool TryTake(string name, string value)
    {
        switch (name)
        {
            case "--listen":
                CertificateFile = value;
                return value.Length > 0;
            case "--port":
                bool isPort = ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port);
                Port = port;
                return isPort;
            case "--tls-port":
                bool isTlsPort = ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ushort tlsPort);
                TlsPort = tlsPort;
                return isTlsPort;
            default:
                return false;
        }
    }
}
