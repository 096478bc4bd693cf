namespace StreamPipes.Tests.Testing;

/// <summary>The collection of tests that look at the whole process (allocation, unobserved exceptions, threads): nothing runs beside them.</summary>
[CollectionDefinition(nameof(RunsAlone), DisableParallelization = true)]
public sealed class RunsAlone;
