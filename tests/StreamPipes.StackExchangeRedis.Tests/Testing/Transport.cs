using StackExchange.Redis;

namespace StreamPipes.StackExchangeRedis.Tests.Testing;

/// <summary>What carries the client's commands. The first is the control.</summary>
public enum Transport
{
    /// <summary>The client's own.</summary>
    Stock,

    /// <summary>This package, with its defaults.</summary>
    Pipes,

    /// <summary>This package, with two threads for each connection.</summary>
    DedicatedThreads,
}

internal static class TransportExtensions
{
    /// <summary>All of them, for theories.</summary>
    public static TheoryData<Transport> All => [Transport.Stock, Transport.Pipes, Transport.DedicatedThreads];

    public static ConfigurationOptions Use(this ConfigurationOptions configuration, Transport transport) => transport switch
    {
        Transport.Pipes => configuration.UseStreamPipes(),
        Transport.DedicatedThreads => configuration.UseStreamPipes(new PipeConnectionOptions { Scheduling = PumpScheduling.DedicatedThreads }),
        _ => configuration,
    };
}
