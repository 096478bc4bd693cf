using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace LineServer;

/// <summary>The command line.</summary>
internal sealed record SampleOptions
{
    public const string Usage = "usage: LineServer [--port PORT] [--tls FILE] [--max-line BYTES]";

    /// <summary>0 for a free one.</summary>
    public int Port { get; private set; } = 7000;

    /// <summary>Where to write the certificate, for clients to trust; <see langword="null"/> for a server without TLS.</summary>
    public string? CertificateFile { get; private set; }

    public int MaxLineLength { get; private set; } = 4096;

    public static bool TryParse(string[] args, [NotNullWhen(true)] out SampleOptions? options)
    {
        options = new SampleOptions();
        for (int i = 0; i < args.Length; i += 2)
        {
            if (i + 1 < args.Length && options.TryTake(args[i], args[i + 1])) continue;
            options = null;
            return false;
        }

        return true;
    }

    private bool TryTake(string name, string value)
    {
        switch (name)
        {
            case "--port":
                bool isPort = ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port);
                Port = port;
                return isPort;
            case "--tls":
                CertificateFile = value;
                return value.Length > 0;
            case "--max-line":
                bool isLength = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int length);
                MaxLineLength = length;
                return isLength && length > 0;
            default:
                return false;
        }
    }
}
