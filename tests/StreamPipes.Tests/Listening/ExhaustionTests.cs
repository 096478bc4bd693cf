using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;

namespace StreamPipes.Tests.Listening;

/// <summary>A server whose descriptors run out. It is a process of its own, with a limit of its own.</summary>
[Collection(nameof(RunsAlone))]
public sealed class ExhaustionTests
{
    private const int Descriptors = 220;
    private const int Count = 400;
    private static readonly int Threads = Math.Max(16, Environment.ProcessorCount);

    [Fact]
    public async Task Without_a_descriptor_left_a_server_serves_who_it_has_and_then_all_the_others()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The limit of open files is set by a shell.");
        await using ExternalProcess server = ExternalProcess.Start("sh", "-c", $"ulimit -n {Descriptors} && DOTNET_ROOT='{Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."))}' exec '{Path.ChangeExtension(typeof(ExhaustionTests).Assembly.Location, null)}' -noColor -explicit only -method '{typeof(ExhaustionTests).FullName}.{nameof(Serve_until_the_end_of_the_standard_input)}'");
        (await server.WaitForOutputAsync(" is the port")).Should().BeTrue(server.Output + server.Error);
        string port = server.Output[..server.Output.IndexOf(" is the port", StringComparison.Ordinal)].Split('\n')[^1];
        IPEndPoint endPoint = new(IPAddress.Loopback, int.Parse(port, CultureInfo.InvariantCulture));

        // More than can be served at once, and each keeps its descriptor until the server has none.
        List<PipeConnection> clients = [];
        for (int i = 0; i < Count; i++) clients.Add(await SocketConnection.ConnectAsync(endPoint).Guarded());
        Task[] answered = [.. clients.Select(Clients.ShouldEchoAsync)];
        (await server.WaitForOutputAsync("fault: Too many open files")).Should().BeTrue(server.Output + server.Error);
        answered.Count(task => task.IsCompleted).Should().BeLessThan(Descriptors);

        // Each that leaves makes room for one of those outside.
        await Task.WhenAll(clients.Select(async (client, i) =>
        {
            await answered[i].Guarded();
            await client.DisposeAsync().Guarded();
        })).Guarded();

        server.Input.Close();
        ProcessResult result = await server.WaitForExitAsync();
        result.Output.Should().Contain($"{Count} were served");
        result.ExitCode.Should().Be(0, result.Output + result.Error);
    }

    /// <summary>What the other process does.</summary>
    [Fact(Explicit = true)]
    public async Task Serve_until_the_end_of_the_standard_input()
    {
        // The runtime starts no thread without a descriptor, and the process ends where it wants one: the pool has all of its own before.
        ThreadPool.SetMaxThreads(Threads, Threads).Should().BeTrue();
        ThreadPool.SetMinThreads(Threads, Threads).Should().BeTrue();
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Run(() => SpinWait.SpinUntil(() => ThreadPool.ThreadCount >= Threads)))).Guarded();
        await LoadEverythingAsync();
        int served = 0;
        PipeListenerOptions options = new() { OnConnectionFault = (_, error) => Console.WriteLine($"fault: {error.Message}") };
        await using PipeListener listener = SocketConnection.Listen(Clients.Loopback, options);
        Task serving = listener.ServeAsync(async (connection, stopping) =>
        {
            await Clients.EchoAsync(connection, stopping);
            Interlocked.Increment(ref served);
        });
        Console.WriteLine($"{((IPEndPoint)listener.LocalEndPoint).Port} is the port");

        await Console.In.ReadToEndAsync();
        await listener.DisposeAsync().Guarded();

        await serving.Guarded();
        Console.WriteLine($"{served} were served");
    }

    /// <summary>Nor does the runtime load an assembly without a descriptor.</summary>
    private static async Task LoadEverythingAsync()
    {
        await using PipeListener listener = SocketConnection.Listen(Clients.Loopback);
        Task serving = listener.ServeAsync(Clients.EchoAsync);
        await using PipeConnection client = await Clients.ConnectAsync(listener);
        await Clients.ShouldEchoAsync(client);
        await client.DisposeAsync().Guarded();
        await listener.DisposeAsync().Guarded();
        await serving.Guarded();
    }
}
