using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace RedisTls;

/// <summary>The command line.</summary>
internal sealed record SampleOptions
{
    public const string Usage =
        "usage: RedisTls [--plain] [--server HOST:PORT | --listen PORT] [--cafile FILE] [--user NAME] [--password PASSWORD] [--resp 2|3]";

    /// <summary>The real server to talk to; <see langword="null"/> for the embedded one.</summary>
    public string? Host { get; private set; }

    public int Port { get; private set; }

    /// <summary>Whether to run the embedded server for others, and no tour.</summary>
    public bool Listens { get; private set; }

    /// <summary>Whether to do without TLS.</summary>
    public bool IsPlain { get; private set; }

    /// <summary>The authority to trust (tour), or where to write the embedded server's (listen).</summary>
    public string? AuthorityFile { get; private set; }

    public string? User { get; private set; }

    public string? Password { get; private set; }

    public int Protocol { get; private set; } = 3;

    public static bool TryParse(string[] args, [NotNullWhen(true)] out SampleOptions? options)
    {
        options = new SampleOptions();
        for (int i = 0; i < args.Length; i += 2)
        {
            if (args[i] is "--plain")
            {
                options.IsPlain = true;
                i--;
                continue;
            }

            if (i + 1 < args.Length && options.TryTake(args[i], args[i + 1])) continue;
            options = null;
            return false;
        }

        bool isUsable = (options.Host is null || !options.Listens)
            && (options.User is null || options.Password is not null)
            && (options.AuthorityFile is null || !options.IsPlain)
            && (options.AuthorityFile is null || options.Listens || options.Host is not null);
        if (!isUsable) options = null;
        return isUsable;
    }

    private bool TryTake(string name, string value)
    {
        switch (name)
        {
            case "--server":
                int colon = value.LastIndexOf(':');
                if (colon <= 0) return false;
                Host = value[..colon].Trim('[', ']');
                return Host.Length > 0 && TryTakePort(value[(colon + 1)..]) && Port > 0;
            case "--listen":
                Listens = true;
                return TryTakePort(value);
            case "--cafile":
                AuthorityFile = value;
                return value.Length > 0;
            case "--user":
                User = value;
                return value.Length > 0;
            case "--password":
                Password = value;
                return value.Length > 0;
            case "--resp":
                Protocol = value is "2" ? 2 : 3;
                return value is "2" or "3";
            default:
                return false;
        }
    }

    private bool TryTakePort(string text)
    {
        bool isPort = ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port);
        Port = port;
        return isPort;
    }
}
