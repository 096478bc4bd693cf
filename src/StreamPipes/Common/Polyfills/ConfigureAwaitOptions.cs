namespace StreamPipes.Common.Polyfills;

/// <summary>How a task is awaited; the framework has it from .NET 8 on.</summary>
internal enum ConfigureAwaitOptions
{
    /// <summary>The outcome of the task is not looked at.</summary>
    SuppressThrowing,
}
