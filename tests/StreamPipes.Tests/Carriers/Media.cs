using System.IO.Pipes;
using System.Net.Sockets;

namespace StreamPipes.Tests.Carriers;

/// <summary>Connects carriers. Everything is in memory, on loopback or a child process, and gone with the link.</summary>
internal static class Media
{
    /// <summary>Whether it is one stream in both directions, over which a layer can be put.</summary>
    public static bool IsDuplex(this Medium medium) => medium is not (Medium.LateInput or Medium.EchoingProcess or Medium.AnsweringProcess);

    public static Task<Link> ConnectAsync(this Medium medium) => medium switch
    {
        Medium.Fragile => Doubles((input, output) => new FragileStream(input, output), farStaysOpen: true),
        Medium.OutlivingRead => Doubles((input, output) => new OutlivingReadStream(input, output), farStaysOpen: true),
        Medium.Farewell => Doubles((input, output) => new FarewellStream(input, output)),
        Medium.Deaf => Doubles((input, output) => new DeafStream(input, output), farStaysOpen: true),
        Medium.ThreadBlocking => Doubles((input, output) => new ThreadBlockingStream(input, output), farStaysOpen: true),
        Medium.LateInput => Task.FromResult(LateInput()),
        Medium.NetworkStream => SocketsAsync(SocketPair.TcpAsync(), StreamConnection.Create),
        Medium.Socket => SocketsAsync(SocketPair.TcpAsync(), (stream, options) => SocketConnection.Create(stream.Socket, options)),
        Medium.UnixSocket => SocketsAsync(SocketPair.UnixAsync(), StreamConnection.Create),
        Medium.NamedPipeServer => NamedPipesAsync(nearIsServer: true, PipeOptions.Asynchronous),
        Medium.NamedPipeClient => NamedPipesAsync(nearIsServer: false, PipeOptions.Asynchronous),
        Medium.SynchronousNamedPipe => NamedPipesAsync(nearIsServer: true, PipeOptions.None),
        Medium.HttpUpgrade => HttpUpgrade.ConnectAsync(),
#if NET10_0_OR_GREATER
        Medium.WebSocketClient => WebSockets.ConnectAsync(nearIsServer: false),
        Medium.WebSocketServer => WebSockets.ConnectAsync(nearIsServer: true),
#endif
        Medium.EchoingProcess => Task.FromResult(ChildProcess.Start("dd bs=1 count=1 2>/dev/null; tee \"$0\"", echoes: true)),
        Medium.AnsweringProcess => Task.FromResult(ChildProcess.Start("dd bs=1 count=1 2>/dev/null; cat > \"$0\"; cat \"$0\"", echoes: false)),
        _ => throw new ArgumentOutOfRangeException(nameof(medium)),
    };

    private static Task<Link> Doubles<T>(Func<Wire, Wire, T> make, bool farStaysOpen = false)
        where T : WireStream
    {
        (T near, WireStream far) = WireStream.CreatePair(make);
        return Task.FromResult(Link.Between(new CarrierEnd(near), new CarrierEnd(far), farStaysOpen, near.WaitForPendingReadAsync));
    }

    /// <summary>The far side writes a byte for all that it reads, and gives up once nobody takes these bytes. Its output ends behind the end of its input.</summary>
    private static Link LateInput()
    {
        Wire there = new();
        Wire back = new();
        OneWayStream output = new(there, isInput: false);
        CarrierEnd near = new(new OneWayStream(back, isInput: true), output) { HalfClose = async () => await output.DisposeAsync() };
        OneWayStream farOutput = new(back, isInput: false);
        OneWayStream farInput = new(there, isInput: true);
        return new Link
        {
            OpenRawAsync = () => Task.FromResult(near),
            OpenConnectionAsync = options => Task.FromResult(StreamConnection.Create(near.Input, near.Output, options)),
            RunFarAsync = (way, _) => FarProgram.RunAsync(FarEnd(!way.Reads()), way, asksByHalfClose: true, mayClose: Task.CompletedTask),
            HasHalfClose = true,
            CanDetach = false,
            WaitForPendingReadAsync = back.WaitForPendingReadAsync,
        };

        CarrierEnd FarEnd(bool tellsProgress) => new(tellsProgress ? new ProgressStream(farInput, farOutput) : farInput, farOutput) { HalfClose = async () => await farOutput.DisposeAsync() };
    }

    private static async Task<Link> SocketsAsync(Task<(Socket Client, Socket Server)> connecting, Func<NetworkStream, PipeConnectionOptions, PipeConnection> connect)
    {
        (Socket client, Socket server) = await connecting;
        NetworkStream stream = new(client, ownsSocket: true);
        CarrierEnd near = EndOf(stream);
        CarrierEnd far = EndOf(new NetworkStream(server, ownsSocket: true));
        return new Link
        {
            OpenRawAsync = () => Task.FromResult(near),
            OpenConnectionAsync = options => Task.FromResult(connect(stream, options)),
            OpenFarAsync = () => Task.FromResult(far),
            RunFarAsync = (way, _) => FarProgram.RunAsync(far, way, asksByHalfClose: true, mayClose: Task.CompletedTask),
            HasHalfClose = true,
        };
    }

    private static CarrierEnd EndOf(NetworkStream stream) => new(stream)
    {
        HalfClose = () =>
        {
            stream.Socket.Shutdown(SocketShutdown.Send);
            return Task.CompletedTask;
        },
    };

    private static async Task<Link> NamedPipesAsync(bool nearIsServer, PipeOptions options)
    {
        string name = $"streampipes-{Guid.NewGuid():N}";
        NamedPipeServerStream server = new(name, PipeDirection.InOut, 1, PipeTransmissionMode.Byte, options);
        NamedPipeClientStream client = new(".", name, PipeDirection.InOut, options);
        await Task.WhenAll(Task.Run(server.WaitForConnection), client.ConnectAsync());
        return nearIsServer
            ? Link.Between(new CarrierEnd(server), new CarrierEnd(client), farStaysOpen: true)
            : Link.Between(new CarrierEnd(client), new CarrierEnd(server), farStaysOpen: true);
    }
}
