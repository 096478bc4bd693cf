using StreamPipes.Benchmarks.Clients;
using StreamPipes.Benchmarks.Contenders;
using StreamPipes.Benchmarks.Links;

namespace StreamPipes.Benchmarks.Rows;

internal sealed class SetupRun(Contender contender, bool tls) : BatchRun(Connections)
{
    private const int Connections = 10;

    private readonly EchoServer _server = new(tls);
    private readonly byte[] _message = new byte[64];
    private long _connections;

    public override async Task BatchAsync()
    {
        for (int i = 0; i < Connections; i++)
        {
            await using (Client client = contender.Open(await Link.OpenAsync(_server.EndPoint, tls)))
            {
                await client.ExchangeAsync(_message, 1, times: null);
            }

            await _server.ServedAsync();
        }

        _connections += Connections;
    }

    public override async Task<double[]> MeasureAsync(TimeSpan atLeast)
    {
        _connections = 0;
        long before = ClientBytes();
        double[] time = await base.MeasureAsync(2 * atLeast);
        return [time[0], (double)(ClientBytes() - before) / _connections];
    }

    public override ValueTask DisposeAsync()
    {
        _server.Dispose();
        return ValueTask.CompletedTask;
    }

    private long ClientBytes() => GC.GetTotalAllocatedBytes(precise: true) - _server.AllocatedBytes;
}
