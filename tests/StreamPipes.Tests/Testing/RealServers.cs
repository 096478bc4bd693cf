namespace StreamPipes.Tests.Testing;

/// <summary>The collection of tests that start programs and servers: one after the other, and nothing beside them.</summary>
[CollectionDefinition(nameof(RealServers), DisableParallelization = true)]
public sealed class RealServers;
