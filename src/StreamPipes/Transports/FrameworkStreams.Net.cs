using System.IO.Compression;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace StreamPipes.Transports;

/// <summary>What the framework's own streams show and can do, which differs by framework.</summary>
internal static class FrameworkStreams
{
    public static bool TlsHasHalfClose => true;

    /// <summary>Before .NET 10 a socket counts as disconnected once a read of it was cancelled, and makes no stream of it any more.</summary>
    public static bool SocketsSurviveCanceledReads { get; } = Environment.Version.Major >= 10;

    public static Socket? SocketOf(NetworkStream stream) => stream.Socket;

    public static Stream InnerOf(AuthenticatedStream stream) => GetInnerStream(stream);

    /// <summary>Whether the stream under it is not its own to close.</summary>
    public static bool LeavesInnerOpen(AuthenticatedStream stream) => GetLeaveInnerStreamOpen(stream);

    public static bool IsCompressing(Stream stream) => stream is GZipStream or DeflateStream or ZLibStream or BrotliStream;

    /// <summary>Whether the asynchronous read into memory is the one of <see cref="Stream"/>, which calls those into arrays.</summary>
    public static bool InheritsMemoryReads(Stream stream) =>
        ((Func<Memory<byte>, CancellationToken, ValueTask<int>>)stream.ReadAsync).Method.DeclaringType == typeof(Stream);

    public static Task ShutdownAsync(SslStream stream) => stream.ShutdownAsync();

    /// <summary>NetworkStream's own dispose would send FIN before the reset, and the peer would read the end.</summary>
    public static void CloseAbortively(Socket socket) => socket.Close(timeout: 0);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_InnerStream")]
    private static extern Stream GetInnerStream(AuthenticatedStream stream);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_LeaveInnerStreamOpen")]
    private static extern bool GetLeaveInnerStreamOpen(AuthenticatedStream stream);
}
