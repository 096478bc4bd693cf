using System.Text;

namespace RedisTls;

/// <summary>The commands that work on the data.</summary>
internal static class StringCommands
{
    private static readonly RespValue NotANumber = RespValue.Error("ERR value is not an integer or out of range");

    public static Command[] All { get; } =
    [
        new("get", 2, 2, (session, words) => session.Reply(Find(session, words[1]))),
        new("set", 3, 4, Set),
        new("del", 2, int.MaxValue, (session, words) => session.Reply(Count(words, session.Store().Delete))),
        new("unlink", 2, int.MaxValue, (session, words) => session.Reply(Count(words, session.Store().Delete))),
        new("exists", 2, int.MaxValue, (session, words) => session.Reply(Count(words, session.Store().Contains))),
        new("incr", 2, 2, (session, words) => Add(session, words[1], 1)),
        new("decr", 2, 2, (session, words) => Add(session, words[1], -1)),
        new("incrby", 3, 3, IncrementBy),
        new("strlen", 2, 2, (session, words) => session.Reply(RespValue.Number(session.Store().Get(words[1])?.Length ?? 0))),
        new("mget", 2, int.MaxValue, (session, words) =>
            session.Reply(RespValue.Collection(RespKind.Array, [.. words.Skip(1).Select(name => Find(session, name))]))),
        new("mset", 3, int.MaxValue, SetMany),
    ];

    private static KeyValueStore Store(this ServerSession session) => session.Server.Store;

    private static RespValue Find(ServerSession session, byte[] name) =>
        session.Store().Get(name) is { } value ? RespValue.Bulk(value) : RespValue.Null;

    private static RespValue Count(byte[][] words, Func<byte[], bool> counts) => RespValue.Number(words.Skip(1).Count(counts));

    private static void Set(ServerSession session, byte[][] words)
    {
        string option = words.Length == 4 ? Encoding.Latin1.GetString(words[3]).ToUpperInvariant() : "";
        if (option is not ("" or "NX" or "XX"))
        {
            session.Reply(RespValue.Error("ERR syntax error"));
            return;
        }

        bool isSet = option.Length == 0 || session.Store().TrySet(words[1], words[2], mustExist: string.Equals(option, "XX", StringComparison.Ordinal));
        if (option.Length == 0) session.Store().Set(words[1], words[2]);
        session.Reply(isSet ? RespValue.Ok : RespValue.Null);
    }

    private static void SetMany(ServerSession session, byte[][] words)
    {
        if (words.Length % 2 == 0)
        {
            session.Reply(RespValue.Error("ERR wrong number of arguments for 'mset' command"));
            return;
        }

        for (int i = 1; i < words.Length; i += 2) session.Store().Set(words[i], words[i + 1]);
        session.Reply(RespValue.Ok);
    }

    private static void IncrementBy(ServerSession session, byte[][] words)
    {
        if (RespNumber.TryParse(words[2], out long difference)) Add(session, words[1], difference);
        else session.Reply(NotANumber);
    }

    private static void Add(ServerSession session, byte[] name, long difference) =>
        session.Reply(session.Store().Add(name, difference) is long sum ? RespValue.Number(sum) : NotANumber);
}
