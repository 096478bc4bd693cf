using System.Net;
using System.Net.Sockets;

namespace StreamPipes.Dialing;

/// <summary>The seam between dialing and the network: who has which name, and who answers.</summary>
internal abstract class Connector
{
    /// <returns>The addresses, the one to prefer first.</returns>
    public abstract Task<IPAddress[]> ResolveAsync(DnsEndPoint name, CancellationToken cancellationToken);

    /// <summary>Connects a new socket. One that does not connect has been disposed when the task ends.</summary>
    public abstract Task<Socket> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken);
}
