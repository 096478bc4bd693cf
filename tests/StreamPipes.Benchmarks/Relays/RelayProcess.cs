using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using StreamPipes.Benchmarks.Links;

namespace StreamPipes.Benchmarks.Relays;

/// <summary>A relay that runs, and the processor time it has used.</summary>
internal sealed class RelayProcess : IAsyncDisposable
{
    private const int Attempts = 5;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);

    private readonly Process _process;

    private RelayProcess(Process process, IPEndPoint endPoint)
    {
        _process = process;
        EndPoint = endPoint;
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Its processor time, with that of the processes that it has started.</summary>
    public TimeSpan Cpu => Family().Aggregate(TimeSpan.Zero, static (sum, id) => sum + CpuOf(id));

    public static async Task<RelayProcess> StartAsync(RelayProgram program, RelayFiles files, IPEndPoint server)
    {
        for (int attempt = 1; ; attempt++)
        {
            IPEndPoint endPoint = FreePort();
            IReadOnlyList<string> command = program.Command(files, endPoint.Port, server.Port);
            Process process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardInput = true, UseShellExecute = false })!;
            RelayProcess relay = new(process, endPoint);
            if (await relay.IsListeningAsync()) return relay;

            // Between the search for a free port and its use another program may have taken it.
            await relay.DisposeAsync();
            if (attempt == Attempts) throw new InvalidOperationException($"{program.Name} did not start.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>Most of them say nothing when they are ready: a connection that is accepted does.</summary>
    private async Task<bool> IsListeningAsync()
    {
        using CancellationTokenSource limit = new(StartLimit);
        while (!limit.IsCancellationRequested && !_process.HasExited)
        {
            using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(EndPoint, limit.Token);
                return true;
            }
            catch (SocketException)
            {
                await Task.Delay(20, CancellationToken.None);
            }
            catch (OperationCanceledException)
            {
                // The limit is up, and the loop's condition says so.
            }
        }

        return false;
    }

    private IEnumerable<int> Family() =>
        from folder in Directory.EnumerateDirectories("/proc")
        let name = Path.GetFileName(folder)
        where name.All(char.IsAsciiDigit)
        let id = Number(name)
        where id == _process.Id || ParentOf(id) == _process.Id
        select id;

    private static int ParentOf(int id) => Stat(id) is { Length: > 1 } fields ? Number(fields[1]) : 0;

    private static TimeSpan CpuOf(int id)
    {
        // Fields 14 and 15 of the whole line, in hundredths of a second.
        const int User = 11;
        const int System = 12;
        return Stat(id) is { Length: > System } fields ? TimeSpan.FromMilliseconds(10 * (Number(fields[User]) + Number(fields[System]))) : TimeSpan.Zero;
    }

    /// <summary>What follows the name, which may have anything in it.</summary>
    private static string[] Stat(int id)
    {
        try
        {
            string line = File.ReadAllText($"/proc/{id}/stat");
            return line[(line.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return [];
        }
    }

    private static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static IPEndPoint FreePort()
    {
        using Socket socket = Link.Listen();
        return (IPEndPoint)socket.LocalEndPoint!;
    }
}
