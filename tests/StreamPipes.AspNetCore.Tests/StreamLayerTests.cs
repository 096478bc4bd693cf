using System.IO.Compression;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using StreamPipes.AspNetCore.Tests.Testing;

namespace StreamPipes.AspNetCore.Tests;

/// <summary>Stream layers under Kestrel.</summary>
public sealed class StreamLayerTests
{
    [Fact]
    public async Task A_layer_sees_every_byte_and_is_disposed_with_its_client()
    {
        TaskCompletionSource<ByteCountingStream> made = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestServer server = await TestServer.StartAsync(listen => listen.UseStreamLayer(stream =>
        {
            ByteCountingStream layer = new(stream);
            made.SetResult(layer);
            return layer;
        }));
        await using PipeConnection client = await SocketConnection.ConnectAsync(server.EndPoint).Guarded();
        await client.Output.WriteTextAsync("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        string answer = Encoding.ASCII.GetString(await client.Input.TakeAllAsync());

        answer.Should().StartWith("HTTP/1.1 200 OK").And.EndWith("http HTTP/1.1\r\n0\r\n\r\n");
        await client.DisposeAsync().Guarded();
        ByteCountingStream counted = await made.Task.Guarded();
        await counted.Disposed.Guarded();
        counted.BytesRead.Should().Be(client.BytesSent);
        counted.BytesWritten.Should().Be(client.BytesReceived);
    }

    [Fact]
    public async Task Two_halves_make_a_compressed_transport_whose_trailer_arrives()
    {
        await using TestServer server = await TestServer.StartAsync(listen => listen.UseStreamLayer(
            input => new GZipStream(input, CompressionMode.Decompress),
            output => new GZipStream(output, CompressionMode.Compress)));
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.EndPoint).Guarded();
        await using NetworkStream stream = new(socket);
        await using (GZipStream up = new(stream, CompressionMode.Compress, leaveOpen: true))
        {
            await up.WriteAsync(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")).Guarded();
        }

        // GZipStream checks no trailer, so look at it: the last four bytes are the length.
        using MemoryStream received = new();
        await stream.CopyToAsync(received).Guarded();
        received.Position = 0;
        await using GZipStream down = new(received, CompressionMode.Decompress);
        using StreamReader reader = new(down);
        string answer = await reader.ReadToEndAsync().Guarded();
        answer.Should().StartWith("HTTP/1.1 200 OK");
        BitConverter.ToInt32(received.ToArray().AsSpan()[^4..]).Should().Be(answer.Length);
    }

    [Fact]
    public async Task Layers_stack_and_HttpClient_does_not_notice()
    {
        await using TestServer server = await TestServer.StartAsync(listen =>
        {
            listen.UseStreamLayer(stream => new ByteCountingStream(stream));
            listen.UseTlsConnection(TestCertificates.ServerOptions());
            listen.UseStreamLayer(stream => new ByteCountingStream(stream));
        });
        using HttpClient client = new(new SocketsHttpHandler { SslOptions = TestCertificates.ClientOptions() });
        for (int i = 0; i < 5; i++) (await client.GetStringAsync(server.Address("https")).Guarded()).Should().Be("https HTTP/1.1");
    }

    [Fact]
    public async Task Middleware_behind_a_stream_layer_sees_it_and_the_transport_comes_back()
    {
        List<IDuplexPipe> seen = [];
        PipeConnection? layer = null;
        TaskCompletionSource over = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestServer server = await TestServer.StartAsync(listen =>
        {
            Use(listen, async (next, context) =>
            {
                seen.Add(context.Transport);
                await next(context);
                seen.Add(context.Transport);
                over.SetResult();
            });
            listen.UsePipeConnection((context, _) => new ValueTask<PipeConnection>(layer = StreamConnection.Create(context.Transport.AsStream(leaveOpen: true))));
            Use(listen, async (next, context) =>
            {
                seen.Add(context.Transport);
                await next(context);
            });
        });
        using HttpClient client = new();
        await client.GetStringAsync(server.Address()).Guarded();
        client.Dispose();
        await over.Task.Guarded();
        seen[1].Should().NotBeSameAs(seen[0]);
        seen[1].ToString().Should().Be(layer!.ToString());
        layer.Completion.IsCompletedSuccessfully.Should().BeTrue();
        seen[2].Should().BeSameAs(seen[0]);
    }

    [Fact]
    public async Task A_layer_that_gives_up_its_client_aborts_the_request_of_an_application_that_waits()
    {
        TaskCompletionSource aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestServer server = await TestServer.StartAsync(
            listen => listen.UseStreamLayer(stream => stream, new PipeConnectionOptions { IdleTimeout = TimeSpan.FromMilliseconds(100) }),
            map: application => application.MapGet("/wait", async context =>
            {
                using CancellationTokenRegistration registration = context.RequestAborted.Register(aborted.SetResult);
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }));
        await using PipeConnection client = await SocketConnection.ConnectAsync(server.EndPoint).Guarded();
        await client.Output.WriteTextAsync("GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n");
        await aborted.Task.Guarded();
        await FluentActions.Awaiting(() => client.Input.ReadAsync().Guarded()).Should().ThrowAsync<SocketException>("what was cut off must not look whole");
        server.Log.Serious.Where(line => line.StartsWith("Error", StringComparison.Ordinal)).Should().BeEmpty();
    }

    [Fact]
    public async Task The_server_hears_that_a_client_has_left_once_the_layer_has_so_that_it_serves_no_request_of_it_any_more()
    {
        Gate gate = new();
        ScriptedStream stream = new ScriptedStream().Read("GET / HTTP/1.1").Wait(gate).ReadError(new SocketException((int)SocketError.ConnectionReset));
        await RunUnderAsync(stream, async (context, transportClosed) =>
        {
            (await context.Transport.Input.ReadAsync().Guarded()).Buffer.Length.Should().Be(14);
            TaskCompletionSource<Exception?> told = new(TaskCreationOptions.RunContinuationsAsynchronously);
            context.ConnectionClosed.Register(() => told.SetResult(Catch(() => context.Transport.Input.TryRead(out _))));
            await transportClosed.CancelAsync().Guarded();
            gate.Release();
            (await told.Task.Guarded()).Should().BeOfType<ConnectionResetException>();
        });
    }

    [Fact]
    public async Task The_server_hears_that_a_client_has_left_although_the_layer_is_held_up_and_reads_no_further()
    {
        ScriptedStream stream = new ScriptedStream().Read(new byte[100]).Read(new byte[100]).Eof();
        PipeConnectionOptions options = new() { ReceivePipeOptions = new PipeOptions(pauseWriterThreshold: 10, resumeWriterThreshold: 5) };
        await RunUnderAsync(
            stream,
            async (context, transportClosed) =>
            {
                await stream.GetCalledTask(StreamOperation.Read).Guarded();
                Task closed = context.Closed();
                await transportClosed.CancelAsync().Guarded();
                await closed.Guarded();
                (await context.Transport.Input.ReadAtLeastAsync(200).Guarded()).Buffer.Length.Should().Be(200, "the client had only ended its side");
            },
            options);
    }

    [Fact]
    public async Task The_server_hears_of_a_layer_that_fails_while_its_client_is_there()
    {
        await RunUnderAsync(new ScriptedStream().ReadError(new IOException("a cut TLS record")), async (context, _) =>
        {
            await context.Closed().Guarded();
            await FluentActions.Awaiting(() => context.Transport.Input.ReadAsync().Guarded()).Should().ThrowAsync<IOException>().WithMessage("a cut TLS record");
        });
    }

    [Fact]
    public async Task A_layer_that_ends_in_order_while_its_client_is_there_may_still_be_written_to()
    {
        ScriptedStream stream = new ScriptedStream().Eof();
        await RunUnderAsync(stream, async (context, _) =>
        {
            (await context.Transport.Input.ReadAsync().Guarded()).IsCompleted.Should().BeTrue();
            context.ConnectionClosed.IsCancellationRequested.Should().BeFalse();
            await context.Transport.Output.WriteTextAsync("bye");
        });
        stream.Written.Should().Equal("bye"u8.ToArray());
    }

    [Fact]
    public async Task A_layer_that_cannot_be_made_costs_one_client_and_is_logged()
    {
        int count = 0;
        await using TestServer server = await TestServer.StartAsync(listen => listen.UseStreamLayer(
            stream => Interlocked.Increment(ref count) == 1 ? throw new InvalidOperationException("not this one") : stream));
        await using PipeConnection refused = await SocketConnection.ConnectAsync(server.EndPoint).Guarded();
        await server.Log.WaitForAsync("not this one").Guarded();
        using HttpClient client = new();
        (await client.GetStringAsync(server.Address()).Guarded()).Should().Be("http HTTP/1.1");
    }

    [Fact]
    public void A_missing_argument_is_refused_by_name()
    {
        ListenOptions builder = null!;
        FluentActions.Invoking(() => builder.UseStreamLayer(stream => stream)).Should().Throw<ArgumentNullException>().WithParameterName("builder");
        FluentActions.Invoking(() => builder.UseStreamLayer(null!)).Should().Throw<ArgumentNullException>().WithParameterName("layer");
        FluentActions.Invoking(() => builder.UseStreamLayer(stream => stream, output: null!)).Should().Throw<ArgumentNullException>().WithParameterName("output");
        FluentActions.Invoking(() => builder.UseTlsConnection(new())).Should().Throw<ArgumentNullException>().WithParameterName("builder");
        FluentActions.Invoking(() => builder.UsePipeConnection(null!)).Should().Throw<ArgumentNullException>().WithParameterName("builder");
        FluentActions.Invoking(() => new PipeConnectionContext(null!)).Should().Throw<ArgumentNullException>().WithParameterName("connection");
    }

    private static void Use(ListenOptions listen, Func<ConnectionDelegate, ConnectionContext, Task> middleware) => listen.Use(next => context => middleware(next, context));

    /// <summary>Runs an application over a layer over a transport, which the application closes by a token.</summary>
    private static async Task RunUnderAsync(Stream layer, Func<ConnectionContext, CancellationTokenSource, Task> application, PipeConnectionOptions? options = null)
    {
        using CancellationTokenSource closed = new();
        ConnectionBuilder builder = new(new ServiceCollection().BuildServiceProvider());
        builder.UseStreamLayer(_ => layer, options);
        builder.Run(context => application(context, closed));
        await using PipeConnectionContext transport = new(StreamConnection.Create(new ScriptedStream())) { ConnectionClosed = closed.Token };
        await builder.Build()(transport).Guarded();
        transport.ConnectionClosed.Should().Be(closed.Token, "it comes back with the transport");
    }

    private static Exception? Catch(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }
}
