using System.Net;
using System.Net.Sockets;

namespace StreamPipes.Dialing;

/// <summary>In which order the addresses of a name are tried.</summary>
internal static class AddressOrder
{
    /// <summary>One address of each family in turn (RFC 8305, section 4), so that a family that leads nowhere costs no more than one try. The resolver's order stays within a family.</summary>
    public static IEnumerable<IPAddress> Interleave(IReadOnlyList<IPAddress> addresses)
    {
        AddressFamily first = addresses[0].AddressFamily;
        Queue<IPAddress> preferred = new(addresses.Where(address => address.AddressFamily == first));
        Queue<IPAddress> others = new(addresses.Where(address => address.AddressFamily != first));
        while (preferred.Count > 0 || others.Count > 0)
        {
            if (preferred.Count > 0) yield return preferred.Dequeue();
            if (others.Count > 0) yield return others.Dequeue();
        }
    }
}
