using System.Net;
using System.Net.Sockets;

namespace StreamPipes.Listening;

/// <summary>The seam between a listener and the network.</summary>
internal interface IListeningSocket
{
    EndPoint LocalEndPoint { get; }

    /// <summary>One at a time.</summary>
    Task<Socket> AcceptAsync();

    /// <summary>Lets no further client in, and ends a pending accept with an exception.</summary>
    void Close();
}
