using System.Collections.Frozen;
using System.Text;

namespace RedisTls;

/// <summary>Finds the handler of a command by its name and checks what is common to all.</summary>
internal static class CommandTable
{
    private const int MaxNameLength = 32;

    private static readonly FrozenDictionary<string, Command> Commands =
        ((IEnumerable<Command>)[.. ConnectionCommands.All, .. StringCommands.All, .. PubSubCommands.All, .. ServerCommands.All])
        .ToFrozenDictionary(command => command.Name, StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, Command>.AlternateLookup<ReadOnlySpan<char>> ByName =
        Commands.GetAlternateLookup<ReadOnlySpan<char>>();

    public static void Execute(ServerSession session, byte[][] words)
    {
        if (!TryFind(words[0], out Command? command))
            session.Reply(RespValue.Error($"ERR unknown command '{Excerpt.Of(words[0])}'"));
        else if (words.Length < command.MinWords || words.Length > command.MaxWords)
            session.Reply(RespValue.Error($"ERR wrong number of arguments for '{command.Name}' command"));
        else if (!session.IsLoggedIn && !command.BeforeLogin)
            session.Reply(RespValue.Error("NOAUTH Authentication required."));
        else if (session.SubscriptionCount > 0 && session.Output.Protocol < 3 && !command.WhileSubscribed)
            session.Reply(RespValue.Error($"ERR Can't execute '{command.Name}': only SUBSCRIBE / UNSUBSCRIBE / PING / QUIT are allowed in this context"));
        else
            command.Execute(session, words);
    }

    private static bool TryFind(byte[] name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Command? command)
    {
        command = null;
        if (name.Length > MaxNameLength) return false;
        Span<char> text = stackalloc char[MaxNameLength];
        int length = Encoding.Latin1.GetChars(name, text);
        return ByName.TryGetValue(text[..length], out command);
    }
}
