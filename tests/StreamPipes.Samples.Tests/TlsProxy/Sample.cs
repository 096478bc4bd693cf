using System.Globalization;
using System.Text.RegularExpressions;
using TlsProxy;

namespace StreamPipes.Samples.Tests.TlsProxy;

/// <summary>The sample as a program of its own, on a free port.</summary>
internal sealed partial class Sample : IAsyncDisposable
{
    private Sample(ExternalProcess process, int port)
    {
        Process = process;
        Port = port;
    }

    public ExternalProcess Process { get; }

    public int Port { get; }

    public string Address => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Port}");

    public static async Task<Sample> StartAsync(params string[] arguments)
    {
        ExternalProcess process = ExternalProcess.Start("dotnet", [typeof(Program).Assembly.Location, "--port", "0", .. arguments]);
        (await process.WaitForOutputAsync(" TLS")).Should().BeTrue("it says when it is ready, but said: {0}", process.Error);
        return new Sample(process, int.Parse(Ready().Match(process.Output).Groups["port"].Value, CultureInfo.InvariantCulture));
    }

    public ValueTask DisposeAsync() => Process.DisposeAsync();

    [GeneratedRegex(@"^listening on 127\.0\.0\.1:(?<port>\d+), ", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Ready();
}
