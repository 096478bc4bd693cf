using System.Diagnostics.CodeAnalysis;

namespace StackExchangeRedisSample;

/// <summary>The command line.</summary>
internal sealed record SampleOptions
{
    public const string Usage = "usage: StackExchangeRedis [--plain] [--threads] [--server HOST:PORT] [--cafile FILE] [--password PASSWORD]";

    /// <summary>The real server to talk to; <see langword="null"/> for the embedded one.</summary>
    public string? Server { get; private set; }

    /// <summary>Whether to do without TLS.</summary>
    public bool IsPlain { get; private set; }

    /// <summary>Whether each connection has two threads of its own.</summary>
    public bool HasOwnThreads { get; private set; }

    /// <summary>The authority to trust.</summary>
    public string? AuthorityFile { get; private set; }

    public string? Password { get; private set; }

    public static bool TryParse(string[] args, [NotNullWhen(true)] out SampleOptions? options)
    {
        SampleOptions parsed = new();
        Queue<string> rest = new(args);
        options = null;
        while (rest.TryDequeue(out string? name))
        {
            string? value = null;
            if (name is "--server" or "--cafile" or "--password" && !rest.TryDequeue(out value)) return false;
            switch (name)
            {
                case "--plain":
                    parsed.IsPlain = true;
                    break;
                case "--threads":
                    parsed.HasOwnThreads = true;
                    break;
                case "--server":
                    parsed.Server = value;
                    break;
                case "--cafile":
                    parsed.AuthorityFile = value;
                    break;
                case "--password":
                    parsed.Password = value;
                    break;
                default:
                    return false;
            }
        }

        // The embedded server has an authority of its own, and no password.
        if (parsed.Server is null && (parsed.AuthorityFile is not null || parsed.Password is not null)) return false;
        options = parsed;
        return true;
    }
}
