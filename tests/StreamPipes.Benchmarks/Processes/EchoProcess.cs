using System.Diagnostics;
using System.Globalization;
using System.Net;
using StreamPipes.Benchmarks.Links;

namespace StreamPipes.Benchmarks.Processes;

/// <summary>Echoing peers in a process of their own, for rows with so many connections that one process would run out of descriptors.</summary>
internal sealed class EchoProcess : IAsyncDisposable
{
    public const string Subject = "echo";

    private readonly Process _process;

    private EchoProcess(Process process, IPEndPoint endPoint)
    {
        _process = process;
        EndPoint = endPoint;
    }

    public IPEndPoint EndPoint { get; }

    public static async Task<EchoProcess> StartAsync(bool tls)
    {
        Process process = Child.Start(Child.Command(Subject, tls ? bool.TrueString : bool.FalseString));
        string port = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The echo process ended instead of listening.");
        return new EchoProcess(process, new IPEndPoint(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture)));
    }

    /// <summary>The child's part: it prints its port and serves until its input ends.</summary>
    public static async Task<int> ServeAsync(bool tls)
    {
        using PeerServer server = new(() => new PoolPeer(), tls);
        await Console.Out.WriteLineAsync(server.EndPoint.Port.ToString(CultureInfo.InvariantCulture));
        await Console.In.ReadToEndAsync();
        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
