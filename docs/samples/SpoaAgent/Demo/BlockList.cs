using System.Net;

namespace SpoaAgent;

/// <summary>What the demo knows of addresses: some networks are bad. A real agent would ask a database.</summary>
internal sealed class BlockList(IReadOnlyList<IPNetwork> networks, TimeSpan lookupTime)
{
    private const int Worst = 0;
    private const int Best = 100;

    /// <summary>From 0, a bad address, to 100.</summary>
    public async ValueTask<int> ScoreAsync(IPAddress address, CancellationToken cancellationToken)
    {
        if (lookupTime > TimeSpan.Zero) await Task.Delay(lookupTime, cancellationToken);
        return networks.Any(network => network.Contains(address)) ? Worst : Best;
    }
}
