using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;

namespace StreamPipes.Samples.Tests.LineServer;

/// <summary>The server and clients of the library's own, without TLS and with.</summary>
[Collection(nameof(RealServers))]
public sealed class LineServerTests
{
    private static readonly TimeSpan LoadLimit = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Every_line_comes_back_and_so_does_the_last_one_without_an_end(bool usesTls)
    {
        await using RunningServer server = new(usesTls);
        await using PipeConnection client = await server.ConnectAsync().Guarded();
        await client.Output.WriteTextAsync("one\ntwo\r\n\nthree without an end");
        await client.Output.CompleteAsync().Guarded();
        Encoding.UTF8.GetString(await client.Input.TakeAllAsync()).Should().Be("one\ntwo\n\nthree without an end\n");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_line_that_is_too_long_ends_its_client_with_an_error_and_nobody_else(bool usesTls)
    {
        await using RunningServer server = new(usesTls, maxLineLength: 100);
        await using PipeConnection other = await server.ConnectAsync().Guarded();
        await using PipeConnection client = await server.ConnectAsync().Guarded();

        // More than the error waits for: a server that just closed would make the kernel drop the error.
        await client.Output.WriteTextAsync("fine\n" + new string('x', 50_000));
        Encoding.UTF8.GetString(await client.Input.TakeAllAsync()).Should().Be("fine\nerror: a line is longer than 100 bytes\n");

        await other.Output.WriteTextAsync("still here\n");
        (await other.Input.ReadTextAsync(11)).Should().Be("still here\n");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_that_does_not_read_is_not_read_from_and_loses_nothing(bool usesTls)
    {
        // Far more than the buffers of two sockets and of the library hold.
        const int Lines = 64 * 1024;
        byte[] line = Encoding.ASCII.GetBytes(new string('x', 1023) + "\n");
        await using RunningServer server = new(usesTls);
        await using PipeConnection client = await server.ConnectAsync().Guarded();
        await using PipeConnection other = await server.ConnectAsync().Guarded();
        Task sending = SendAsync(client.Output, line, Lines);
        for (int i = 0; i < 1000; i++)
        {
            await other.Output.WriteTextAsync("ping\n");
            (await other.Input.ReadTextAsync(5)).Should().Be("ping\n");
        }

        client.BytesSent.Should().BeLessThan(Lines * 1024 / 2);
        sending.IsCompleted.Should().BeFalse();
        long received = 0;
        while (received < Lines * 1024L)
        {
            ReadResult result = await client.Input.ReadAsync().Guarded();
            received += result.Buffer.Length;
            client.Input.AdvanceTo(result.Buffer.End);
        }

        await sending.Guarded();
        received.Should().Be(Lines * 1024L);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task When_the_server_ends_lines_that_have_arrived_are_answered_and_every_client_sees_the_end(bool usesTls)
    {
        await using RunningServer server = new(usesTls);
        PipeConnection[] clients = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => server.ConnectAsync())).Guarded();
        foreach (PipeConnection client in clients)
        {
            await client.Output.WriteTextAsync("before\nhalf a li");
            (await client.Input.ReadTextAsync(7)).Should().Be("before\n");
        }

        Task stopping = server.StopAsync();
        foreach (PipeConnection client in clients)
        {
            await client.Input.ShouldEndAsync();
            await client.DisposeAsync().Guarded();
            client.CloseReason.Should().Be(CloseReason.RemoteClose);
        }

        await stopping.Guarded();
    }

    [Fact]
    public async Task When_the_server_ends_a_client_that_does_not_read_does_not_keep_it()
    {
        await using RunningServer server = new(configure: options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(100));
        await using PipeConnection client = await server.ConnectAsync().Guarded();
        Task sending = SendAsync(client.Output, Encoding.ASCII.GetBytes(new string('x', 1023) + "\n"), int.MaxValue);
        await server.StopAsync().Guarded();
        await FluentActions.Awaiting(() => sending.Guarded()).Should().ThrowAsync<SocketException>();
    }

    [Fact]
    public async Task A_client_that_is_silent_for_too_long_is_thrown_out()
    {
        await using RunningServer server = new(configure: options => options.Connection!.IdleTimeout = TimeSpan.FromMilliseconds(50));
        await using PipeConnection client = await server.ConnectAsync().Guarded();
        await FluentActions.Awaiting(() => client.Input.ReadAsync().Guarded()).Should().ThrowAsync<SocketException>();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_thousand_clients_get_their_own_lines(bool usesTls)
    {
        const int Clients = 1000;
        await using RunningServer server = new(usesTls);
        PipeConnection[] clients = new PipeConnection[Clients];
        await Parallel.ForAsync(0, Clients, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, _) => clients[i] = await server.ConnectAsync()).WaitAsync(LoadLimit);

        await Task.WhenAll(clients.Select((client, i) => TalkAsync(client, i))).WaitAsync(LoadLimit);

        await Task.WhenAll(clients.Select(client => client.DisposeAsync().AsTask())).WaitAsync(LoadLimit);
        clients.Should().OnlyContain(client => client.CloseReason == CloseReason.RemoteClose || client.CloseReason == CloseReason.LocalClose);
    }

    [Fact]
    public async Task A_client_without_TLS_costs_nobody_anything()
    {
        await using RunningServer server = new(usesTls: true);
        using Socket plain = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await plain.ConnectAsync("127.0.0.1", server.Port).Guarded();
        await plain.SendAsync("hello, this is no TLS\n"u8.ToArray()).Guarded();
        await using PipeConnection client = await server.ConnectAsync().Guarded();
        await client.Output.WriteTextAsync("hello\n");
        (await client.Input.ReadTextAsync(6)).Should().Be("hello\n");
    }

    private static async Task TalkAsync(PipeConnection client, int number)
    {
        const int Rounds = 20;
        for (int round = 0; round < Rounds; round++)
        {
            byte[] line = Encoding.ASCII.GetBytes(FormattableString.Invariant($"client {number}, round {round}\n"));
            await client.Output.WriteAsync(line);
            ReadResult result = await client.Input.ReadAtLeastAsync(line.Length);
            Encoding.ASCII.GetString(result.Buffer).Should().Be(Encoding.ASCII.GetString(line));
            client.Input.AdvanceTo(result.Buffer.End);
        }

        await client.Output.CompleteAsync();
    }

    private static async Task SendAsync(PipeWriter output, byte[] line, int count)
    {
        for (int i = 0; i < count; i++) await output.WriteAsync(line);
    }
}
