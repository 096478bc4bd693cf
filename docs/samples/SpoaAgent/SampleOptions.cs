using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace SpoaAgent;

/// <summary>The command line.</summary>
internal sealed record SampleOptions
{
    public const string Usage = "usage: SpoaAgent [--port PORT] [--tls] [--block NETWORK]... [--lookup MILLISECONDS]";

    private readonly List<IPNetwork> _blocked = [];

    /// <summary>0 for a free one.</summary>
    public int Port { get; private set; } = 12345;

    public bool UsesTls { get; private set; }

    /// <summary>The networks whose addresses are refused.</summary>
    public IReadOnlyList<IPNetwork> Blocked => _blocked;

    /// <summary>How long the demo pretends to look an address up.</summary>
    public TimeSpan LookupTime { get; private set; }

    public static bool TryParse(string[] args, [NotNullWhen(true)] out SampleOptions? options)
    {
        options = new SampleOptions();
        for (int i = 0; i < args.Length; i += 2)
        {
            if (args[i] is "--tls")
            {
                options.UsesTls = true;
                i--;
                continue;
            }

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
            case "--block":
                bool isNetwork = IPNetwork.TryParse(value, out IPNetwork network);
                _blocked.Add(network);
                return isNetwork;
            case "--lookup":
                bool isTime = ushort.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ushort milliseconds);
                LookupTime = TimeSpan.FromMilliseconds(milliseconds);
                return isTime;
            default:
                return false;
        }
    }
}
