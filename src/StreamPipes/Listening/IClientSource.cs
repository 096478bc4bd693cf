using System.Net;

namespace StreamPipes.Listening;

/// <summary>The seam between a listener and where its clients come from.</summary>
internal interface IClientSource
{
    EndPoint LocalEndPoint { get; }

    /// <summary>One at a time.</summary>
    Task<Client> AcceptAsync();

    /// <summary>Lets no further client in, and ends a pending accept with an exception. Once.</summary>
    /// <returns>Ends, and never faults, when nothing of the library's own takes a client any more.</returns>
    Task CloseAsync();
}
