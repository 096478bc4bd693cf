using System.Globalization;
using System.Text;
using StreamPipes.Benchmarks.Clients;
using StreamPipes.Benchmarks.Contenders;
using StreamPipes.Benchmarks.Links;
using StreamPipes.Benchmarks.Measuring;
using StreamPipes.Benchmarks.Processes;

namespace StreamPipes.Benchmarks.Rows;

/// <summary>
/// The pipelined part of the RedisTls sample's tour against a real redis-server: 50 callers on one connection, each with a counter of its own and
/// 40 commands under way.
/// </summary>
internal sealed class RedisRow(Layers layers) : Row("redis", $"INCR {Callers} callers", layers)
{
    private const int Callers = 50;
    private const int Window = 40;
    private const int Windows = 5;

    private RedisServer? _server;

    public override IReadOnlyList<Metric> Metrics { get; } = [new Metric("", Unit.Nanoseconds, IsSpeed: true)];

    public override string? Obstacle => ExternalProgram.Missing("redis-server", "redis-server");

    public override async Task StartAsync() => _server = await RedisServer.StartAsync();

    public override ValueTask StopAsync() => _server!.DisposeAsync();

    public override async Task<Run> OpenAsync(Contender contender)
    {
        Client client = contender.Open(await Link.OpenAsync(IsTls ? _server!.Tls : _server!.Plain, IsTls));
        return new CallersRun(client, new LineReplies(Callers * Window), Increment, Callers, Windows, Window);
    }

    private static ReadOnlyMemory<byte> Increment(int caller)
    {
        string key = string.Create(CultureInfo.InvariantCulture, $"streampipes:benchmark:{caller}");
        return Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"*2\r\n$4\r\nINCR\r\n${key.Length}\r\n{key}\r\n"));
    }
}
