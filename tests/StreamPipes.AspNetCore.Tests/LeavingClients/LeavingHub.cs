using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.SignalR;

namespace StreamPipes.AspNetCore.Tests.LeavingClients;

internal sealed class LeavingHub : Hub
{
#pragma warning disable CA1822 // A hub's methods are found at instances.
    public string Echo(string text) => text;

    /// <summary>Counts until the client has left.</summary>
    public async IAsyncEnumerable<int> Count([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (int i = 0; !cancellationToken.IsCancellationRequested; i++)
        {
            yield return i;
            await Task.Yield();
        }
    }
#pragma warning restore CA1822
}
