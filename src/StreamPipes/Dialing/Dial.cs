using System.Net;
using System.Net.Sockets;
using StreamPipes.Common;

namespace StreamPipes.Dialing;

/// <summary>From an end point to a connected socket, within <see cref="PipeConnectionOptions.ConnectTimeout"/>.</summary>
internal static class Dial
{
    /// <returns>The connected socket. Every other that was made on the way has been disposed.</returns>
    public static async Task<Socket> RunAsync(Connector connector, EndPoint endPoint, PipeConnectionOptions options, ReadOnlyMemory<byte> firstBytes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Clock clock = Clock.Of(options);
        using CancellationTokenSource limit = new();
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        using ITimer timer = clock.StartTimer(options.ConnectTimeout, static limit => Cancellation.Fire((CancellationTokenSource)limit!), limit);
        try
        {
            EndPoint[] candidates = endPoint is DnsEndPoint name ? await ResolveAsync(connector, name, either.Token).ConfigureAwait(false) : [endPoint];
            Socket socket = await new AddressRace(connector, clock, candidates).RunAsync(either.Token).ConfigureAwait(false);
            await SendAsync(socket, firstBytes, either.Token).ConfigureAwait(false);
            return socket;
        }
        catch (Exception e) when (either.IsCancellationRequested)
        {
            if (cancellationToken.IsCancellationRequested) throw new OperationCanceledException("Connecting was cancelled.", e, cancellationToken);
            throw new TimeoutException($"{NameOf(endPoint)} could not be connected within the ConnectTimeout of {options.ConnectTimeout}.", e);
        }
    }

    /// <summary>To the winner of the race, so that no other address hears of them.</summary>
    private static async Task SendAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            while (!bytes.IsEmpty) bytes = bytes.Slice(await socket.SendAsync(bytes, SocketFlags.None, cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<EndPoint[]> ResolveAsync(Connector connector, DnsEndPoint name, CancellationToken cancellationToken)
    {
        IPAddress[] addresses = await Cancellation.OrAsync(connector.ResolveAsync(name, cancellationToken), cancellationToken).ConfigureAwait(false);
        if (addresses.Length == 0) throw new SocketException((int)SocketError.HostNotFound);
        return [.. AddressOrder.Interleave(addresses).Select(address => new IPEndPoint(address, name.Port))];
    }

    private static string NameOf(EndPoint endPoint) => endPoint is DnsEndPoint name ? $"{name.Host}:{name.Port}" : endPoint.ToString() ?? "The end point";
}
