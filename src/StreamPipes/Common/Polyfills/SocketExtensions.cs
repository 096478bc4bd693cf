using System.Net;
using System.Net.Sockets;

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
}
