using System.IO.Compression;
using System.Net.Security;
using System.Net.Sockets;
using System.Reflection;
using System.Runtime.InteropServices;

namespace StreamPipes.Transports;

/// <summary>What the framework's own streams show and can do: .NET Framework, Mono, or .NET itself may run this build.</summary>
internal static class FrameworkStreams
{
    private const BindingFlags AnyInstance = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    // Protected on .NET Framework, public on .NET.
    private static readonly PropertyInfo? SocketProperty = typeof(NetworkStream).GetProperty("Socket", AnyInstance);
    private static readonly PropertyInfo? InnerStreamProperty = typeof(AuthenticatedStream).GetProperty("InnerStream", AnyInstance);

    private static readonly PropertyInfo? LeaveInnerStreamOpenProperty = typeof(AuthenticatedStream).GetProperty("LeaveInnerStreamOpen", AnyInstance);

    // Not part of the standard; .NET Framework has it from 4.7 on, .NET always.
    private static readonly MethodInfo? ShutdownMethod = typeof(SslStream).GetMethod("ShutdownAsync", Type.EmptyTypes);

    /// <summary>On Mono and .NET Framework a pending read of a socket cannot be cancelled; before .NET 10 the socket then counts as disconnected.</summary>
    public static bool SocketsSurviveCanceledReads { get; } = Environment.Version.Major >= 10;

    /// <summary>
    /// On Mono and .NET Framework a pending read of an <see cref="SslStream"/> cannot be cancelled, and on Mono its shutdown ends reading too: there it
    /// gets none, and the peer sees the end when the stream is disposed.
    /// </summary>
    public static bool TlsHasHalfClose { get; } = Type.GetType("Mono.Runtime") is null
        && !RuntimeInformation.FrameworkDescription.StartsWith(".NET Framework", StringComparison.Ordinal);

    public static Socket? SocketOf(NetworkStream stream) => (Socket?)SocketProperty?.GetValue(stream);

    public static Stream InnerOf(AuthenticatedStream stream) => (Stream?)InnerStreamProperty?.GetValue(stream) ?? Stream.Null;

    /// <summary>Whether the stream under it is not its own to close.</summary>
    public static bool LeavesInnerOpen(AuthenticatedStream stream) => LeaveInnerStreamOpenProperty?.GetValue(stream) is true;

    public static bool IsCompressing(Stream stream) => stream is GZipStream or DeflateStream;

    /// <summary>The library reads into arrays only.</summary>
    public static bool InheritsMemoryReads(Stream stream)
    {
        _ = stream;
        return true;
    }

    public static Task ShutdownAsync(SslStream stream) =>
        ShutdownMethod is null ? Task.CompletedTask : ((Func<Task>)ShutdownMethod.CreateDelegate(typeof(Func<Task>), stream))();

    /// <summary>NetworkStream's own dispose would send FIN before the reset, and the peer would read the end. Mono sends FIN in spite of the zero, too.</summary>
    public static void CloseAbortively(Socket socket)
    {
        socket.LingerState = new LingerOption(enable: true, seconds: 0);
        socket.Close(timeout: 0);
    }
}
