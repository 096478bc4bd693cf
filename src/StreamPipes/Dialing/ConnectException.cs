using System.Net;
using System.Net.Sockets;

namespace StreamPipes.Dialing;

/// <summary>Several addresses of a name have failed. It has the code of the last that did, and its message names all.</summary>
internal sealed class ConnectException : SocketException
{
    public ConnectException((EndPoint EndPoint, Exception Error)[] failures)
        : base((int)((failures.Last().Error as SocketException)?.SocketErrorCode ?? SocketError.SocketError)) =>
        Message = $"None of {failures.Length} addresses could be connected. {string.Join(" ", failures.Select(failure => $"{failure.EndPoint}: {failure.Error.Message}"))}";

    public override string Message { get; }
}
