using StreamPipes.Benchmarks.Clients;
using StreamPipes.Benchmarks.Contenders;
using StreamPipes.Benchmarks.Links;

namespace StreamPipes.Benchmarks.Rows;

/// <summary>Batches over one connection.</summary>
internal sealed class ClientRun(Client client, long operations, Func<Client, Task> batch) : BatchRun(operations)
{
    public static async Task<Run> OpenAsync(Row row, Contender contender, Peer peer, long operations, Func<Client, Task> batch) =>
        new ClientRun(contender.Open(await row.ConnectAsync(contender, peer)), operations, batch);

    public override Task BatchAsync() => batch(client);

    public override ValueTask DisposeAsync() => client.DisposeAsync();
}
