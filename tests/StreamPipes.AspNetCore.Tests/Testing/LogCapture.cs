using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace StreamPipes.AspNetCore.Tests.Testing;

/// <summary>Keeps what is logged, and lets a test wait for a message.</summary>
internal sealed class LogCapture : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ConcurrentQueue<(string Text, TaskCompletionSource Seen)> _waits = new();

    public IReadOnlyCollection<string> Lines => _lines;

    /// <summary>What somebody who runs a server would look at: all above Debug, but for what is written of every start, stop and request.</summary>
    public IEnumerable<string> Serious => _lines.Where(line => !line.StartsWith("Debug", StringComparison.Ordinal) && !line.StartsWith("Trace", StringComparison.Ordinal) && !IsRoutine(line));

    /// <summary>Ends when a line with that text has been logged.</summary>
    public Task WaitForAsync(string text)
    {
        TaskCompletionSource seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _waits.Enqueue((text, seen));
        Settle();
        return seen.Task;
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private static bool IsRoutine(string line) =>
        line.StartsWith("Information Microsoft.Hosting.Lifetime:", StringComparison.Ordinal)
        || line.StartsWith("Information Microsoft.AspNetCore.Hosting.Diagnostics: Request ", StringComparison.Ordinal)
        || line.StartsWith("Information Microsoft.AspNetCore.Routing.EndpointMiddleware: Execut", StringComparison.Ordinal);

    private void Add(string line)
    {
        _lines.Enqueue(line);
        Settle();
    }

    private void Settle()
    {
        foreach ((string text, TaskCompletionSource seen) in _waits)
        {
            if (_lines.Any(line => line.Contains(text, StringComparison.Ordinal))) seen.TrySetResult();
        }
    }

    private sealed class Logger(LogCapture capture, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            capture.Add($"{logLevel} {category}: {formatter(state, exception)} {(logLevel > LogLevel.Debug ? exception : exception?.Message)}");
    }
}
