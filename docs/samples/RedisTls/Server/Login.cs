using System.Security.Cryptography;
using System.Text;

namespace RedisTls;

/// <summary>The check of a user's name and password, in a time that does not tell how much of them was right.</summary>
internal static class Login
{
    private static readonly RespValue NoPassword = RespValue.Error("ERR AUTH called without any password configured for the default user");
    private static readonly RespValue Wrong = RespValue.Error("WRONGPASS invalid username-password pair or user is disabled.");

    public static bool TryLogIn(ServerSession session, byte[] user, byte[] password, out RespValue error)
    {
        RespServerOptions options = session.Server.Options;
        error = options.Password is null ? NoPassword : Wrong;
        if (options.Password is null) return false;
        bool isRight = CryptographicOperations.FixedTimeEquals(user, Encoding.UTF8.GetBytes(options.User))
            & CryptographicOperations.FixedTimeEquals(password, Encoding.UTF8.GetBytes(options.Password));
        session.IsLoggedIn |= isRight;
        return isRight;
    }
}
