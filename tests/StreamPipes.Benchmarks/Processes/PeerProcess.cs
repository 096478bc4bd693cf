using System.Diagnostics;
using System.Globalization;
using System.Net;
using StreamPipes.Benchmarks.Links;

namespace StreamPipes.Benchmarks.Processes;

/// <summary>Raw peers in a process of their own: for rows with so many connections that one process would run out of descriptors, or whose processor time is not to be counted.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    /// <summary>The child that echoes.</summary>
    public const string EchoSubject = "echo";

    private readonly Process _process;

    private PeerProcess(Process process, IPEndPoint endPoint)
    {
        _process = process;
        EndPoint = endPoint;
    }

    public IPEndPoint EndPoint { get; }

    /// <param name="arguments">Of a child that calls <see cref="ServeAsync"/>.</param>
    public static async Task<PeerProcess> StartAsync(params string[] arguments)
    {
        Process process = Child.Start(Child.Command(arguments));
        string port = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The peer's process ended instead of listening.");
        return new PeerProcess(process, new IPEndPoint(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture)));
    }

    /// <summary>The child's part: it prints its port and serves until its input ends.</summary>
    public static async Task<int> ServeAsync(Func<Peer> peer, bool tls)
    {
        using PeerServer server = new(peer, tls);
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
