using System.Diagnostics;
using System.Text;

namespace StreamPipes.Tests.Testing;

/// <summary>A program started by a test: its output is captured, its time is limited, and it does not outlive the test.</summary>
internal sealed class ExternalProcess : IAsyncDisposable
{
    private static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ProcessOutput _output = new();
    private readonly ProcessOutput _error = new();
    private readonly Task _exit;

    private ExternalProcess(Process process)
    {
        _process = process;
        _exit = Task.WhenAll(process.WaitForExitAsync(), _output.ReadAsync(process.StandardOutput), _error.ReadAsync(process.StandardError));
    }

    public int Id => _process.Id;

    /// <summary>What it has written to its standard output so far.</summary>
    public string Output => _output.Text;

    /// <summary>What it has written to its standard error so far.</summary>
    public string Error => _error.Text;

    public StreamWriter Input => _process.StandardInput;

    public static ExternalProcess Start(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
            UseShellExecute = false,
        };
        return new ExternalProcess(Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start."));
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<ProcessResult> RunAsync(string program, string[] arguments, string input = "")
    {
        await using ExternalProcess process = Start(program, arguments);
        await process.Input.WriteAsync(input);
        process.Input.Close();
        return await process.WaitForExitAsync();
    }

    /// <exception cref="TimeoutException">It has not ended in time; it is killed when disposed.</exception>
    public async Task<ProcessResult> WaitForExitAsync()
    {
        await WaitAsync(_exit, "end");
        return new ProcessResult(_process.ExitCode, Output, Error);
    }

    /// <summary>Waits until its standard output contains a text; false if it ended without.</summary>
    public async Task<bool> WaitForOutputAsync(string text)
    {
        Task<bool> seen = _output.WaitForAsync(text);
        await WaitAsync(seen, $"say '{text}'");
        return await seen;
    }

    /// <summary>Asks it to end, as a service manager does.</summary>
    public Task TerminateAsync() => RunAsync("kill", ["-TERM", FormattableString.Invariant($"{Id}")]);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await WaitAsync(_exit, "end when killed");
        _process.Dispose();
    }

    private async Task WaitAsync(Task task, string what)
    {
        try
        {
            await task.WaitAsync(Debugger.IsAttached ? Timeout.InfiniteTimeSpan : DefaultLimit);
        }
        catch (TimeoutException exception)
        {
            throw new TimeoutException($"{_process.StartInfo.FileName} did not {what}. Output: {Output} Error: {Error}", exception);
        }
    }
}
