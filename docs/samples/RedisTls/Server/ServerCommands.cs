using System.Text;

namespace RedisTls;

/// <summary>What the usual tools ask a server about itself.</summary>
internal static class ServerCommands
{
    public const string Version = "7.0.0";

    public static Command[] All { get; } =
    [
        new("command", 1, int.MaxValue, DescribeCommands),
        new("config", 2, int.MaxValue, Configure),
        new("info", 1, int.MaxValue, (session, _) => session.Reply(RespValue.Bulk(
            $"# Server\r\nredis_version:{Version}\r\nredis_mode:standalone\r\n# Keyspace\r\ndb0:keys={session.Server.Store.Count}\r\n"))),
        new("dbsize", 1, 1, (session, _) => session.Reply(RespValue.Number(session.Server.Store.Count))),
        new("flushall", 1, 2, Clear),
        new("flushdb", 1, 2, Clear),
    ];

    private static void DescribeCommands(ServerSession session, byte[][] words)
    {
        // redis-cli asks for the documentation of all commands when it starts, and gets by without.
        bool wantsMap = words.Length > 1 && Encoding.Latin1.GetString(words[1]).Equals("DOCS", StringComparison.OrdinalIgnoreCase);
        session.Reply(RespValue.Collection(wantsMap ? RespKind.Map : RespKind.Array));
    }

    private static void Configure(ServerSession session, byte[][] words)
    {
        string action = Encoding.Latin1.GetString(words[1]).ToUpperInvariant();
        if (!string.Equals(action, "GET", StringComparison.Ordinal) || words.Length < 3)
        {
            session.Reply(RespValue.Error($"ERR unknown subcommand or wrong number of arguments for 'config|{Excerpt.Of(words[1])}'"));
            return;
        }

        // Nothing is kept on disk: the two settings redis-benchmark prints.
        List<RespValue> settings = [];
        foreach (byte[] word in words.AsSpan(2))
        {
            string? value = Encoding.Latin1.GetString(word) switch
            {
                "save" => "",
                "appendonly" => "no",
                _ => null,
            };
            if (value is not null) settings.AddRange(RespValue.Bulk(word), RespValue.Bulk(value));
        }

        session.Reply(RespValue.Collection(RespKind.Map, [.. settings]));
    }

    private static void Clear(ServerSession session, byte[][] words)
    {
        session.Server.Store.Clear();
        session.Reply(RespValue.Ok);
    }
}
