using System.Net.Security;
using System.Net.Sockets;
#if NET
using System.Runtime.CompilerServices;
#else
using System.Reflection;
#endif

namespace StreamPipes.Transports;

/// <summary>Finds the socket under a stream, directly or below TLS.</summary>
internal static class SocketAccess
{
    public static Socket? Find(Stream stream) => stream switch
    {
        NetworkStream network => SocketOf(network),
        SslStream tls => Find(InnerOf(tls)),
        ReplayStream replay => Find(replay.Inner),
        _ => null,
    };

#if NET
    public static Socket SocketOf(NetworkStream stream) => stream.Socket;

    public static Stream InnerOf(AuthenticatedStream stream) => GetInnerStream(stream);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_InnerStream")]
    private static extern Stream GetInnerStream(AuthenticatedStream stream);
#else
    private const BindingFlags AnyInstance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    // Protected on .NET Framework, public on .NET.
    private static readonly PropertyInfo? SocketProperty = typeof(NetworkStream).GetProperty("Socket", AnyInstance);
    private static readonly PropertyInfo? InnerStreamProperty = typeof(AuthenticatedStream).GetProperty("InnerStream", AnyInstance);

    public static Socket? SocketOf(NetworkStream stream) => (Socket?)SocketProperty?.GetValue(stream);

    public static Stream InnerOf(AuthenticatedStream stream) => (Stream?)InnerStreamProperty?.GetValue(stream) ?? Stream.Null;
#endif
}
