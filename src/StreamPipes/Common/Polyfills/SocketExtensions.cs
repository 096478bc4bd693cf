using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace StreamPipes.Common.Polyfills;

/// <summary>What sockets and the resolver can from .NET 5 and 6 on.</summary>
internal static class SocketExtensions
{
    extension(Dns)
    {
        /// <summary>The token is for the caller to heed.</summary>
        public static async Task<IPAddress[]> GetHostAddressesAsync(string host, AddressFamily family, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            IPAddress[] addresses = await Dns.GetHostAddressesAsync(host).ConfigureAwait(false);
            return family == AddressFamily.Unspecified ? addresses : [.. addresses.Where(address => address.AddressFamily == family)];
        }
    }

    /// <summary>A receive that the token gives up stays in the socket until that is disposed.</summary>
    public static Task<int> ReceiveAsync(this Socket socket, Memory<byte> buffer, SocketFlags flags, CancellationToken cancellationToken) =>
        Cancellation.OrAsync(socket.ReceiveAsync(SegmentOf(buffer), flags), cancellationToken);

    /// <summary>As <see cref="ReceiveAsync(Socket, Memory{byte}, SocketFlags, CancellationToken)"/>.</summary>
    public static Task<int> SendAsync(this Socket socket, ReadOnlyMemory<byte> buffer, SocketFlags flags, CancellationToken cancellationToken) =>
        Cancellation.OrAsync(socket.SendAsync(SegmentOf(buffer), flags), cancellationToken);

    public static async ValueTask ConnectAsync(this Socket socket, EndPoint endPoint, CancellationToken cancellationToken)
    {
        try
        {
            using CancellationTokenRegistration registration = cancellationToken.Register(socket.Dispose);
            await Task.Factory.FromAsync(socket.BeginConnect, socket.EndConnect, endPoint, null).ConfigureAwait(false);
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested && e is SocketException or ObjectDisposedException)
        {
            throw new OperationCanceledException(cancellationToken);
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    private static ArraySegment<byte> SegmentOf(ReadOnlyMemory<byte> memory) =>
        MemoryMarshal.TryGetArray(memory, out ArraySegment<byte> segment) ? segment : new ArraySegment<byte>(memory.ToArray());
}
