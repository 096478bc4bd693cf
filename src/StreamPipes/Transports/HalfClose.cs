using System.Net.Security;
using System.Net.Sockets;
using StreamPipes.PipeStreams;

namespace StreamPipes.Transports;

/// <summary>Tells the peer that nothing more will be sent, in the way of each kind of stream.</summary>
internal static class HalfClose
{
    public static ValueTask SendAsync(Stream stream)
    {
        switch (stream)
        {
            case NetworkStream network:
                SocketAccess.SocketOf(network)?.Shutdown(SocketShutdown.Send);
                return default;
            case SslStream tls when StreamTraits.TlsHasHalfClose:
                return new ValueTask(ShutdownAsync(tls));
            case ReplayStream replay:
                return SendAsync(replay.Inner);
            case DuplexPipeStream pipe:
                return pipe.CompleteWritesAsync();
            default:
                return default;
        }
    }

#if NET
    private static Task ShutdownAsync(SslStream stream) => stream.ShutdownAsync();
#else
    // Not part of the standard; .NET Framework has it from 4.7 on, .NET always.
    private static readonly System.Reflection.MethodInfo? ShutdownMethod = typeof(SslStream).GetMethod("ShutdownAsync", Type.EmptyTypes);

    private static Task ShutdownAsync(SslStream stream) =>
        ShutdownMethod is null ? Task.CompletedTask : ((Func<Task>)ShutdownMethod.CreateDelegate(typeof(Func<Task>), stream))();
#endif
}
