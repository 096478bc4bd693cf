#if !LIBRARY_NETSTANDARD
using System.IO.Pipelines;
using System.Net.Sockets;

namespace StreamPipes.Tests.Sockets;

/// <summary>Who ends a socket, and what its end is told as.</summary>
public sealed class SocketEndTests
{
    public static TheoryData<string> Ends => ["DisposeAsync", "Abort", "Output.Complete with an error", "both completed"];

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task However_a_connection_ends_the_socket_ends_that_its_stream_does_not_own(string end)
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        PipeConnection connection = StreamConnection.Create(new NetworkStream(client, ownsSocket: false));
        server.Shutdown(SocketShutdown.Send);

        switch (end)
        {
            case "Abort": connection.Abort(); break;
            case "Output.Complete with an error": connection.Output.Complete(new IOException("cut")); break;
            case "both completed": connection.Input.Complete(); connection.Output.Complete(); break;
        }

        await connection.DisposeAsync().Guarded();

        client.SafeHandle.IsClosed.Should().BeTrue();
        server.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_socket_is_left_to_its_owner_where_the_stream_is(bool aborts)
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        PipeConnection connection = StreamConnection.Create(new NetworkStream(client, ownsSocket: false), new PipeConnectionOptions { LeaveOpen = true });
        if (aborts) connection.Abort();

        await connection.DisposeAsync().Guarded();

        client.SafeHandle.IsClosed.Should().BeFalse();
        client.Dispose();
        server.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_reset_is_an_error_although_somebody_else_has_taken_it_from_the_socket(bool byStream)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only the kernel of Linux tells afterwards.");
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        server.Close(timeout: 0);
        while (client.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error) is 0) await Task.Yield();

        PipeConnection connection = byStream ? StreamConnection.Create(new NetworkStream(client, ownsSocket: true)) : SocketConnection.Create(client);

        Exception error = await Thrown.SurelyByAsync(() => connection.Input.ReadAsync().Guarded());
        SocketException reset = (byStream ? error.Should().BeOfType<IOException>().Which.InnerException : error).Should().BeOfType<SocketException>().Which;
        reset.SocketErrorCode.Should().Be(SocketError.ConnectionReset);
        connection.CloseReason.Should().Be(CloseReason.ReadFault);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_end_after_our_own_half_close_is_no_reset(bool byStream)
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        PipeConnection connection = byStream ? StreamConnection.Create(new NetworkStream(client, ownsSocket: true)) : SocketConnection.Create(client);
        await connection.Output.CompleteAsync().Guarded();
        (await server.ReceiveAsync(new byte[1])).Should().Be(0);

        server.Shutdown(SocketShutdown.Send);

        await connection.Input.ShouldEndAsync();
        await connection.Completion.Guarded();
        connection.CloseReason.Should().Be(CloseReason.RemoteClose);
        server.Dispose();
    }

    [Fact]
    public async Task A_thread_that_sends_waits_for_room_on_a_socket_that_does_not_block()
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        client.Blocking = false;
        byte[] payload = Payload.Seeded(8_000_000);
        PipeConnection connection = SocketConnection.Create(client, new PipeConnectionOptions { Scheduling = PumpScheduling.DedicatedThreads, CloseTimeout = TimeSpan.FromMinutes(1) });
        Task sending = SendAsync(connection.Output, payload);

        PipeConnection peer = SocketConnection.Create(server);
        byte[] received = await peer.Input.TakeAsync(payload.Length);

        Payload.HashOf(received).Should().Be(Payload.HashOf(payload));
        await sending.Guarded();
        await Task.WhenAll(connection.DisposeAsync().AsTask(), peer.DisposeAsync().AsTask()).Guarded();
        connection.Completion.IsCompletedSuccessfully.Should().BeTrue();
    }

    private static async Task SendAsync(PipeWriter output, byte[] payload)
    {
        for (int sent = 0; sent < payload.Length; sent += 1_000_000) await output.WriteAsync(payload.AsMemory(sent, 1_000_000)).Guarded();
    }
}
#endif
