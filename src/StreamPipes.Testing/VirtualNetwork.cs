using System.IO.Pipelines;
using StreamPipes.Testing.Links;
using StreamPipes.Testing.Running;

namespace StreamPipes.Testing;

/// <summary>
/// A network in memory for one run of a test: connections whose latency, cuts, stalls and faults are drawn from a seed, on virtual time, with every continuation on one
/// thread, in an order drawn from the seed. A run takes as long as its work, however much time passes in it; one that fails names its seed, and the seed replays it.
/// </summary>
/// <remarks>
/// <para><b>Ownership.</b> <see cref="Run"/> makes one for each run. Connections that are still open when the scenario ends are reset.</para>
/// <para><b>Concurrency.</b> On the thread of the run only. Use from another thread fails the run with <see cref="VirtualRunFailure.OtherThread"/>. Runs of different
/// threads have nothing to do with each other.</para>
/// <para><b>Determinism.</b> Holds for code that stays on the thread of the run: awaiting the network's streams, connections over them and pipes with
/// <see cref="Scheduler"/>, with or without <c>ConfigureAwait(false)</c>. Outside of it are <c>Task.Run</c>, real timers, real input and output,
/// and what completes on the thread pool while it is awaited with <c>ConfigureAwait(false)</c>, such as a contended <see cref="SemaphoreSlim"/>.</para>
/// </remarks>
public sealed partial class VirtualNetwork
{
    private readonly RunLoop _loop;
    private readonly SeededRandom _random;
    private readonly VirtualNetworkOptions _options;
    private readonly TraceLog _trace = new();
    private readonly List<VirtualLink> _links = [];

    private VirtualNetwork(int seed, VirtualNetworkOptions options)
    {
        Seed = seed;
        _options = options;
        _random = new SeededRandom((ulong)seed);
        Random = _random.Fork();
        _loop = new RunLoop(_random.Fork(), options);
        Clock = new RunClock(_loop);
        Scheduler = new RunScheduler(_loop);
    }

    /// <summary>The seed of this run.</summary>
    public int Seed { get; }

    /// <summary>Numbers for the scenario's own choices, drawn from the seed: the same in every run with it, on every framework.</summary>
    public Random Random { get; }

    /// <summary>The virtual time since the run began.</summary>
    public TimeSpan Elapsed => _loop.Now;

    /// <summary>Runs wake-ups on the thread of the run: for both schedulers of the pipes that a test makes itself.</summary>
    public PipeScheduler Scheduler { get; }

    private RunClock Clock { get; }

    /// <summary>Runs a scenario with a seed, on this thread, to its end.</summary>
    /// <param name="seed">What everything is drawn from.</param>
    /// <param name="scenario">The code of all ends. It is called once. Its task ends the run.</param>
    /// <param name="options">Limits, and what connections are like; <see langword="null"/> for the defaults.</param>
    /// <returns>What has happened.</returns>
    /// <exception cref="VirtualRunException">The scenario threw, hangs, or has exceeded a limit.</exception>
    /// <exception cref="InvalidOperationException">This thread is in a run already.</exception>
    public static VirtualRun Run(int seed, Func<VirtualNetwork, Task> scenario, VirtualNetworkOptions? options = null)
    {
        if (scenario is null) throw new ArgumentNullException(nameof(scenario));
        if (Common.Background.Run is not null) throw new InvalidOperationException("A run cannot be made inside another one.");
        options ??= new VirtualNetworkOptions();
        VirtualRun? result = null;
        OwnThread.Run(() => result = new VirtualNetwork(seed, options).RunScenario(scenario));
        return result!;
    }

    /// <summary>Runs a scenario with many seeds, one after the other, and stops at the first that fails.</summary>
    /// <param name="firstSeed">The first seed; the others follow it.</param>
    /// <param name="count">How many seeds.</param>
    /// <param name="scenario">The code of all ends. It is called once for each seed, and keeps nothing from one to the next.</param>
    /// <param name="options">Limits, and what connections are like; <see langword="null"/> for the defaults.</param>
    /// <exception cref="VirtualRunException">With a seed, which the exception names, the scenario threw, hangs, or has exceeded a limit.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative.</exception>
    /// <exception cref="InvalidOperationException">This thread is in a run already.</exception>
    public static void RunMany(int firstSeed, int count, Func<VirtualNetwork, Task> scenario, VirtualNetworkOptions? options = null)
    {
        if (scenario is null) throw new ArgumentNullException(nameof(scenario));
        if (count < 0) throw new ArgumentOutOfRangeException(nameof(count), count, "The count is not negative.");
        if (Common.Background.Run is not null) throw new InvalidOperationException("A run cannot be made inside another one.");
        options ??= new VirtualNetworkOptions();
        OwnThread.Run(() =>
        {
            for (int i = 0; i < count; i++) new VirtualNetwork(unchecked(firstSeed + i), options).RunScenario(scenario);
        });
    }

    /// <summary>Makes a connection, and gives both sides as streams.</summary>
    /// <param name="link">What it does to the bytes; <see langword="null"/> for <see cref="VirtualNetworkOptions.Link"/>.</param>
    /// <returns>Its two sides, which are alike. Each is the caller's to dispose.</returns>
    public (VirtualStream Client, VirtualStream Server) ConnectStreams(VirtualLinkOptions? link = null)
    {
        _loop.ThrowIfElsewhere("VirtualNetwork.ConnectStreams");
        VirtualLink connected = new(_loop, _random.Fork(), link ?? _options.Link ?? new VirtualLinkOptions(), _trace, _links.Count + 1);
        _links.Add(connected);
        return (new VirtualStream(connected, connected.Client), new VirtualStream(connected, connected.Server));
    }

    /// <summary>Makes a connection, and gives both sides as <see cref="PipeConnection"/>, with the options of <see cref="OptionsFor"/>.</summary>
    /// <param name="options">The options of both sides; <see langword="null"/> for the defaults.</param>
    /// <param name="link">What it does to the bytes; <see langword="null"/> for <see cref="VirtualNetworkOptions.Link"/>.</param>
    /// <returns>Its two sides, which are alike. Each is the caller's to dispose.</returns>
    public (PipeConnection Client, PipeConnection Server) Connect(PipeConnectionOptions? options = null, VirtualLinkOptions? link = null)
    {
        (VirtualStream client, VirtualStream server) = ConnectStreams(link);
        PipeConnectionOptions own = OptionsFor(options);
        return (StreamConnection.Create(client, own), StreamConnection.Create(server, own));
    }

    /// <summary>Makes options that are on the time of the run, for connections that the scenario makes over the network's streams, or over layers of its own on them.</summary>
    /// <param name="options">What to copy; <see langword="null"/> for the defaults.</param>
    /// <returns>A copy, with the run's time, and whose awaiters stay in the context of the run.</returns>
    public PipeConnectionOptions OptionsFor(PipeConnectionOptions? options) =>
        new(options ?? new PipeConnectionOptions()) { TimeProvider = Clock, UseSynchronizationContext = true };

    /// <summary>Waits for virtual time to pass.</summary>
    /// <param name="delay">How long.</param>
    /// <returns>When it has passed.</returns>
    public Task DelayAsync(TimeSpan delay)
    {
        _loop.ThrowIfElsewhere("VirtualNetwork.DelayAsync");
        TaskCompletionSource<bool> passed = new();
        _loop.After(delay, static passed => ((TaskCompletionSource<bool>)passed!).TrySetResult(true), passed);
        return passed.Task;
    }

    /// <summary>Writes a line of the scenario's own into the trace of the run.</summary>
    /// <param name="text">What has happened.</param>
    public void Note(string text) => _trace.Add(_loop.Now, LinkEvent.Note, "", 0, text);

    private VirtualRun RunScenario(Func<VirtualNetwork, Task> scenario)
    {
        (VirtualRunFailure Failure, string Text, Exception? Error)? failed = _loop.Run(() => scenario(this));
        TimeSpan elapsed = _loop.Now;
        VirtualRunException? failure = failed is { } told ? new VirtualRunException(Seed, told.Failure, told.Text, elapsed, _trace, told.Error) : null;
        VirtualRun result = new(Seed, elapsed, _loop.Steps, _trace);
        _loop.Finish(Abandon);
        return failure is null ? result : throw failure;
    }

    private void Abandon()
    {
        foreach (VirtualLink link in _links) link.Abandon();
    }
}
