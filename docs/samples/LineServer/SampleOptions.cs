using System.Globalization;

namespace LineServer;

/// <summary>The command line.</summary>
/// <param name="Port">0 for a free one.</param>
/// <param name="CertificateFile">Where to write the certificate, for clients to trust; <see langword="null"/> for a server without TLS.</param>
/// <param name="MaxLineLength">How many bytes a line may have, without its end.</param>
internal sealed record SampleOptions(int Port = 7000, string? CertificateFile = null, int MaxLineLength = 4096)
{
    public const string Usage = "usage: LineServer [--port PORT] [--tls FILE] [--max-line BYTES]";

    /// <returns>The options, or <see langword="null"/> for arguments that are none.</returns>
    public static SampleOptions? TryParse(string[] args)
    {
        SampleOptions? options = args.Length % 2 == 0 ? new SampleOptions() : null;
        for (int i = 0; i < args.Length && options is not null; i += 2) options = options.With(args[i], args[i + 1]);
        return options;
    }

    private SampleOptions? With(string name, string value)
    {
        bool isNumber = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number);
        return name switch
        {
            "--port" when isNumber && number <= ushort.MaxValue => this with { Port = number },
            "--tls" when value.Length > 0 => this with { CertificateFile = value },
            "--max-line" when isNumber && number > 0 => this with { MaxLineLength = number },
            _ => null,
        };
    }
}
