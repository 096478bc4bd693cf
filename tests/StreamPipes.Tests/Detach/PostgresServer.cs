#if !LIBRARY_NETSTANDARD
using System.Globalization;
using StreamPipes.Tests.Sockets;

namespace StreamPipes.Tests.Detach;

/// <summary>A PostgreSQL server of its own for a test: on the loopback address, on a free port, with TLS, everybody trusted.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    public const string User = "tester";

    private const int Attempts = 10;

    private readonly TemporaryFolder _folder;
    private readonly ExternalProcess _process;

    private PostgresServer(TemporaryFolder folder, ExternalProcess process, int port)
    {
        _folder = folder;
        _process = process;
        Port = port;
    }

    public int Port { get; }

    public static async Task<PostgresServer> StartAsync()
    {
        string programs = FindPrograms();
        TemporaryFolder folder = new();
        ServerFiles.WriteCertificate(folder);
        await RunAsync("chown", ["-R", IsRoot ? "postgres" : Environment.UserName, folder.PathOf(".")]);
        string[] initialize = [.. AsItself, Path.Combine(programs, "initdb"), "-D", folder.PathOf("data"), "-A", "trust", "-U", User, "--no-sync"];
        await RunAsync(initialize[0], initialize[1..]);
        for (int attempt = 1; ; attempt++)
        {
            int port = FindFreePort();
            ExternalProcess process = ServerFiles.Start([.. AsItself, Path.Combine(programs, "postgres"), .. Arguments(folder, port)]);
            if (await process.WaitForOutputAsync("ready to accept connections")) return new PostgresServer(folder, process, port);

            // Between the search for a free port and its use somebody else may have taken it.
            bool isTaken = process.Output.Contains("could not bind", StringComparison.Ordinal);
            string output = process.Output;
            await process.DisposeAsync();
            if (isTaken && attempt < Attempts) continue;
            folder.Dispose();
            throw new InvalidOperationException($"postgres did not start: {output}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        // It takes its shared memory with it only when it may end by itself.
        await ExternalProcess.RunAsync("kill", ["-INT", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await _process.WaitForExitAsync();
        await _process.DisposeAsync();
        _folder.Dispose();
    }

    private static bool IsRoot => Environment.IsPrivilegedProcess;

    /// <summary>The server refuses to run as root.</summary>
    private static string[] AsItself => IsRoot ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : ["env"];

    /// <summary>Debian keeps the server's programs, one folder for each version, out of the path.</summary>
    private static string FindPrograms()
    {
        const string Versions = "/usr/lib/postgresql";
        string? folder = Directory.Exists(Versions) ? Directory.GetDirectories(Versions).Select(version => Path.Combine(version, "bin")).FirstOrDefault(bin => File.Exists(Path.Combine(bin, "initdb"))) : null;
        if (folder is null) ExternalProgram.Require("initdb", "postgresql");
        return folder ?? "";
    }

    private static string[] Arguments(TemporaryFolder folder, int port) =>
    [
        "-D", folder.PathOf("data"),
        "-p", port.ToString(CultureInfo.InvariantCulture),
        "-c", "listen_addresses=127.0.0.1",
        "-c", "unix_socket_directories=",
        "-c", "fsync=off",
        "-c", "ssl=on",
        "-c", $"ssl_cert_file={folder.PathOf(ServerFiles.Certificate)}",
        "-c", $"ssl_key_file={folder.PathOf(ServerFiles.Key)}",
    ];

    private static int FindFreePort()
    {
        using LoopbackListener listener = LoopbackListener.IPv4();
        return listener.Port;
    }

    private static async Task RunAsync(string program, string[] arguments)
    {
        ProcessResult result = await ExternalProcess.RunAsync(program, arguments);
        if (result.ExitCode != 0) throw new InvalidOperationException($"{program} failed: {result}");
    }
}
#endif
