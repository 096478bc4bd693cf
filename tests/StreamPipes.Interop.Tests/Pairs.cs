using System.IO.Pipelines;
using System.Net.Sockets;
using Nerdbank.Streams;

namespace StreamPipes.Interop.Tests;

/// <summary>Connected ends in which both libraries have a part.</summary>
internal static class Pairs
{
    /// <summary>Connections of ours over the streams of theirs.</summary>
    public static (PipeConnection Client, PipeConnection Server) OverFullDuplexStreams(PipeConnectionOptions? options = null)
    {
        (Stream client, Stream server) = FullDuplexStream.CreatePair();
        return (StreamConnection.Create(client, options), StreamConnection.Create(server, options));
    }

    /// <summary>Connections of ours over sockets.</summary>
    public static async Task<(PipeConnection Client, PipeConnection Server)> OverSocketsAsync()
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        return (SocketConnection.Create(client), SocketConnection.Create(server));
    }

    /// <summary>Pipes of theirs over streams of ours, over sockets.</summary>
    public static async Task<(IDuplexPipe Client, IDuplexPipe Server)> UsePipeOverSocketsAsync()
    {
        (PipeConnection client, PipeConnection server) = await OverSocketsAsync();
        return (client.AsPlainStream().UsePipe(), server.AsPlainStream().UsePipe());
    }

    /// <summary>Both libraries have an AsStream, and this file has both namespaces.</summary>
    public static Stream AsPlainStream(this IDuplexPipe pipe) => StreamPipes.DuplexPipe.AsStream(pipe);
}
