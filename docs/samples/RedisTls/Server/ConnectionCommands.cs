using System.Text;

namespace RedisTls;

/// <summary>The commands about the connection itself: greeting, login, small talk.</summary>
internal static class ConnectionCommands
{
    public static Command[] All { get; } =
    [
        new("ping", 1, 2, Ping) { WhileSubscribed = true },
        new("echo", 2, 2, (session, words) => session.Reply(RespValue.Bulk(words[1]))),
        new("hello", 1, int.MaxValue, Hello) { BeforeLogin = true },
        new("auth", 2, 3, Authenticate) { BeforeLogin = true },
        new("quit", 1, int.MaxValue, Quit) { BeforeLogin = true, WhileSubscribed = true },
        new("select", 2, 2, Select),
        new("client", 2, int.MaxValue, Client),
    ];

    private static void Ping(ServerSession session, byte[][] words)
    {
        RespValue? text = words.Length > 1 ? RespValue.Bulk(words[1]) : null;
        session.Reply(session.SubscriptionCount > 0 && session.Output.Protocol < 3
            ? RespValue.Collection(RespKind.Array, RespValue.Bulk("pong"), text ?? RespValue.Bulk(""))
            : text ?? RespValue.Pong);
    }

    private static void Quit(ServerSession session, byte[][] words)
    {
        session.Reply(RespValue.Ok);
        session.EndAfterReplies();
    }

    private static void Select(ServerSession session, byte[][] words) =>
        session.Reply(words[1].AsSpan().SequenceEqual("0"u8) ? RespValue.Ok : RespValue.Error("ERR DB index is out of range"));

    private static void Client(ServerSession session, byte[][] words)
    {
        switch (Upper(words[1]))
        {
            case "SETNAME" when words.Length == 3:
                session.Name = Encoding.UTF8.GetString(words[2]);
                session.Reply(RespValue.Ok);
                break;
            case "GETNAME":
                session.Reply(RespValue.Bulk(session.Name));
                break;
            case "ID":
                session.Reply(RespValue.Number(session.Id));
                break;
            case "SETINFO" or "REPLY" or "NO-EVICT":
                session.Reply(RespValue.Ok);
                break;
            default:
                session.Reply(RespValue.Error("ERR unknown subcommand or wrong number of arguments for 'client'"));
                break;
        }
    }

    private static void Authenticate(ServerSession session, byte[][] words)
    {
        byte[] user = words.Length == 3 ? words[1] : "default"u8.ToArray();
        if (Login.TryLogIn(session, user, words[^1], out RespValue error)) session.Reply(RespValue.Ok);
        else session.Reply(error);
    }

    private static void Hello(ServerSession session, byte[][] words)
    {
        int protocol = session.Output.Protocol;
        if (words.Length > 1)
        {
            if (!RespNumber.TryParse(words[1], out long wanted) || wanted is not (2 or 3))
            {
                session.Reply(RespValue.Error("NOPROTO unsupported protocol version"));
                return;
            }

            protocol = (int)wanted;
        }

        if (!TryTakeOptions(session, words)) return;
        session.Output.Protocol = protocol;
        session.Reply(RespValue.Collection(
            RespKind.Map,
            RespValue.Bulk("server"), RespValue.Bulk("redis"),
            RespValue.Bulk("version"), RespValue.Bulk(ServerCommands.Version),
            RespValue.Bulk("proto"), RespValue.Number(protocol),
            RespValue.Bulk("id"), RespValue.Number(session.Id),
            RespValue.Bulk("mode"), RespValue.Bulk("standalone"),
            RespValue.Bulk("role"), RespValue.Bulk("master"),
            RespValue.Bulk("modules"), RespValue.Collection(RespKind.Array)));
    }

    private static bool TryTakeOptions(ServerSession session, byte[][] words)
    {
        for (int i = 2; i < words.Length;)
        {
            string option = Upper(words[i]);
            if (option is "AUTH" && i + 2 < words.Length)
            {
                if (!Login.TryLogIn(session, words[i + 1], words[i + 2], out RespValue error))
                {
                    session.Reply(error);
                    return false;
                }

                i += 3;
            }
            else if (option is "SETNAME" && i + 1 < words.Length)
            {
                session.Name = Encoding.UTF8.GetString(words[i + 1]);
                i += 2;
            }
            else
            {
                session.Reply(RespValue.Error($"ERR Syntax error in HELLO option '{Excerpt.Of(words[i])}'"));
                return false;
            }
        }

        if (session.IsLoggedIn) return true;
        session.Reply(RespValue.Error("NOAUTH HELLO must be called with the client already authenticated, otherwise use the AUTH option"));
        return false;
    }

    private static string Upper(byte[] word) => Encoding.Latin1.GetString(word).ToUpperInvariant();
}
