using System.Net;
using System.Net.Sockets;

namespace StreamPipes.Listening;

/// <summary>Where a listener listens that has no address of the network: a name to be read.</summary>
internal sealed class SourceEndPoint : EndPoint
{
    private readonly string _name;

    public SourceEndPoint(string name) => _name = name;

    public override AddressFamily AddressFamily => AddressFamily.Unspecified;

    public override string ToString() => _name;
}
