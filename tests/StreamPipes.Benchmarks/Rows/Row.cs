using StreamPipes.Benchmarks.Contenders;
using StreamPipes.Benchmarks.Links;
using StreamPipes.Benchmarks.Measuring;

namespace StreamPipes.Benchmarks.Rows;

/// <summary>What is measured: one kind of traffic, the same for every contender.</summary>
/// <param name="group">Rows of one group share a table, and a name on the command line.</param>
/// <param name="variant">What tells it from the others of its group.</param>
/// <param name="layers">What the traffic goes through.</param>
internal abstract class Row(string group, string variant, Layers layers)
{
    public string Group => group;

    public string Variant => variant;

    /// <summary>The name of the table it stands in.</summary>
    public string Table => $"{group}, {Word}";

    public string Name => $"{group} {variant} {Word}";

    public abstract IReadOnlyList<Metric> Metrics { get; }

    /// <summary>Why it cannot be run on this machine, and how it could; <see langword="null"/> if it can.</summary>
    public virtual string? Obstacle => null;

    /// <summary>Starts what all contenders share.</summary>
    public virtual Task StartAsync() => Task.CompletedTask;

    public virtual ValueTask StopAsync() => ValueTask.CompletedTask;

    protected bool IsTls => layers != Layers.Plain;

    private string Word => layers == Layers.Tls ? "TLS" : layers.ToString().ToLowerInvariant();

    /// <summary>Whether a contender has a part in it.</summary>
    public virtual bool Admits(Contender contender) => !contender.IsMark && !contender.IsForMany && Bears(contender);

    /// <summary>Connects a contender, ready to be measured.</summary>
    public abstract Task<Run> OpenAsync(Contender contender);

    public async Task<Link> ConnectAsync(Contender contender, Peer peer)
    {
        if (layers != Layers.Stacked) return await Link.OpenAsync(peer, IsTls);
        Link transport = await Link.DialAsync(peer, tls: true);
        return await transport.SecureAsync(contender.Compose(transport.Stream));
    }

    protected bool Bears(Contender contender) => layers switch
    {
        Layers.Plain => true,
        Layers.Tls => !contender.NeedsSocket,
        _ => contender.CanCompose,
    };
}
