using System.Net.Security;
using System.Net.Sockets;

namespace StreamPipes.Tests.Stacking;

/// <summary>
/// Pipe over stream over pipe, with TLS in the middle: a socket's connection, its stream, <see cref="SslStream"/>, a connection, its stream,
/// and a connection on top. The bottom stays in reach.
/// </summary>
internal sealed class Stack : IAsyncDisposable
{
    private Stack(PipeConnection bottom, PipeConnection middle, PipeConnection top, Socket socket)
    {
        Bottom = bottom;
        Middle = middle;
        Top = top;
        Socket = socket;
    }

    public Socket Socket { get; }

    public PipeConnection Bottom { get; }

    public PipeConnection Middle { get; }

    public PipeConnection Top { get; }

    public static async Task<(Stack Client, Stack Server)> CreatePairAsync(PipeConnectionOptions? options = null)
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        Task<Stack> building = BuildAsync(client, options, tls => tls.AuthenticateAsClientAsync(TestCertificates.ClientOptions()));
        Stack far = await BuildAsync(server, options, tls => tls.AuthenticateAsServerAsync(TestCertificates.ServerOptions())).Guarded();
        return (await building.Guarded(), far);
    }

    public static async ValueTask DisposeBothAsync(Stack one, Stack other) => await Task.WhenAll(one.DisposeAsync().AsTask(), other.DisposeAsync().AsTask()).Guarded();

    /// <summary>Ends when every layer has: an error on the way counts as an end.</summary>
    public async Task AllEndedAsync()
    {
        foreach (PipeConnection layer in new[] { Top, Middle, Bottom }) await Task.WhenAny(layer.Completion).Guarded();
    }

    public ValueTask DisposeAsync() => Top.DisposeAsync();

    private static async Task<Stack> BuildAsync(Socket socket, PipeConnectionOptions? options, Func<SslStream, Task> authenticate)
    {
        PipeConnection bottom = SocketConnection.Create(socket, options);
        SslStream tls = new(bottom.AsStream());
        await authenticate(tls);
        PipeConnection middle = StreamConnection.Create(tls, options);
        return new Stack(bottom, middle, StreamConnection.Create(middle.AsStream(), options), socket);
    }
}
