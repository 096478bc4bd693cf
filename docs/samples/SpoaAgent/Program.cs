using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography.X509Certificates;

namespace SpoaAgent;

/// <summary>An agent that HAProxy asks about every request; see <c>haproxy/</c> for a configuration that does.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        using CancellationTokenSource stopping = new();
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stopping.Cancel();
        }

        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        return await RunAsync(args, Console.Out, Console.Error, stopping.Token);
    }

    /// <returns>The exit code: 0, 1 if the port cannot be had, 2 after wrong arguments.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        if (!SampleOptions.TryParse(args, out SampleOptions? options))
        {
            await error.WriteLineAsync(SampleOptions.Usage);
            return 2;
        }

        using X509Certificate2? certificate = options.UsesTls ? SampleCertificate.Create() : null;
        AgentOptions agentOptions = new()
        {
            Port = options.Port,
            Certificate = certificate,
            Report = trouble => error.WriteLine($"SpoaAgent: {trouble.ReplaceLineEndings(" ")}"),
        };
        try
        {
            AgentCounters counters;
            await using (AgentServer agent = AgentServer.Start(new DemoHandler(new BlockList(options.Blocked, options.LookupTime)), agentOptions))
            {
                counters = agent.Counters;
                await output.WriteLineAsync(FormattableString.Invariant($"listening on 127.0.0.1:{agent.Port}, {(options.UsesTls ? "with" : "without")} TLS"));
                await output.FlushAsync(CancellationToken.None);
                await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await output.WriteLineAsync($"stopped after {counters}");
            return 0;
        }
        catch (SocketException exception)
        {
            await error.WriteLineAsync(FormattableString.Invariant($"SpoaAgent: cannot listen on port {options.Port}: {exception.Message}"));
            return 1;
        }
    }
}
