using System.Net.Sockets;
using StreamPipes.Tests.Sockets;

namespace StreamPipes.Tests.Dialing;

/// <summary>What a caller may do to a socket before it connects.</summary>
public sealed class ConfigureSocketTests
{
    [Fact]
    public async Task A_socket_is_configured_before_it_connects()
    {
        using LoopbackListener listener = LoopbackListener.IPv4();
        List<bool> seen = [];
        PipeConnectionOptions options = new()
        {
            ConfigureSocket = socket =>
            {
                seen.Add(socket.Connected);
                socket.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Parse("127.0.0.1"), 0));
            },
        };

        PipeConnection connection = await SocketConnection.ConnectAsync(listener.EndPoint, options).Guarded();

        seen.Should().Equal(false);
        connection.Abort();
    }

    [Fact]
    public async Task What_ConfigureSocket_throws_is_thrown_and_the_socket_is_closed()
    {
        using LoopbackListener listener = LoopbackListener.IPv4();
        InvalidOperationException error = new("not this one");
        Socket? socket = null;
        PipeConnectionOptions options = new()
        {
            ConfigureSocket = made =>
            {
                socket = made;
                throw error;
            },
        };

        (await Assert.ThrowsAsync<InvalidOperationException>(() => SocketConnection.ConnectAsync(listener.EndPoint, options).Guarded())).Should().BeSameAs(error);

        socket!.SafeHandle.IsClosed.Should().BeTrue();
    }
}
