using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;

namespace RedisTls;

/// <summary>What can go wrong with a server, a certificate or a file, each in one line a user can act on.</summary>
internal static class Complaint
{
    public static bool IsExpected(Exception exception) => exception is SocketException or AuthenticationException or ProtocolException
        or RedisErrorException or TourFailedException or TimeoutException or IOException or UnauthorizedAccessException
        or CryptographicException or OperationCanceledException;

    public static string Of(Exception exception, SampleOptions options)
    {
        string server = options.Host is null ? "the embedded server" : FormattableString.Invariant($"{options.Host}:{options.Port}");
        string line = exception switch
        {
            SocketException when options.Listens => FormattableString.Invariant($"cannot listen on port {options.Port}: {exception.Message}"),
            SocketException { SocketErrorCode: SocketError.ConnectionReset } => $"the connection to {server} failed: {exception.Message}",
            SocketException => $"cannot connect to {server}: {exception.Message}",
            AuthenticationException => $"no TLS session with {server}: {Innermost(exception).Message}",
            TimeoutException => $"{server}: {exception.Message}",
            ProtocolException => $"{server} does not speak RESP: {exception.Message}",
            RedisErrorException => $"{server} refused: {exception.Message}",
            OperationCanceledException => "stopped before the end",
            CryptographicException => $"cannot read certificates from {options.AuthorityFile}: {exception.Message}",
            FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException => exception.Message,
            TourFailedException => exception.Message,
            _ => $"the connection to {server} failed: {Innermost(exception).Message}",
        };
        return "RedisTls: " + line.ReplaceLineEndings(" ");
    }

    private static Exception Innermost(Exception exception) => exception.InnerException is null ? exception : exception.GetBaseException();
}
