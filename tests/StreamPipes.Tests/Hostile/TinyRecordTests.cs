#if !LIBRARY_NETSTANDARD
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;

namespace StreamPipes.Tests.Hostile;

/// <summary>A hundred thousand TLS records of one byte each.</summary>
public sealed class TinyRecordTests
{
    private const int Records = 100_000;

    [Theory]
    [InlineData(SslProtocols.Tls12, 32 * 1024)]
    [InlineData(SslProtocols.Tls13, 32 * 1024)]
    [InlineData(SslProtocols.Tls13, 4096)]
    public async Task A_flood_of_TLS_records_of_one_byte_costs_time_but_no_memory(SslProtocols protocol, int blockSize)
    {
        byte[] bytes = Payload.Seeded(Records);
        CountingMemoryPool pool = new(blockSize);
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        await using NetworkStream carrier = new(client, ownsSocket: true);
        await using SslStream peer = new(carrier);
        Task<PipeConnection> accepting = TlsConnection.AuthenticateAsServerAsync(
            SocketConnection.Create(server), TestCertificates.ServerOptions(protocol), new PipeConnectionOptions { ReceivePipeOptions = Bounds.PipeOptions(pool, blockSize) });
        await peer.AuthenticateAsClientAsync(TestCertificates.ClientOptions(protocol)).Guarded();
        PipeConnection connection = await accepting.Guarded();

        Task flooding = FloodAsync(peer, bytes);
        byte[] received = new byte[Records];
        for (int count = 0; count < Records;)
        {
            byte[] some = await connection.Input.TakeAsync(Math.Min(100, Records - count));
            some.CopyTo(received, count);
            count += some.Length;
            Bounds.ShouldHold(pool, blockSize);
        }

        await flooding.Guarded();
        received.Should().Equal(bytes);
        await connection.Input.ShouldEndAsync();
        await connection.DisposeAsync().Guarded();
        pool.AssertClean();
    }

    private static async Task FloodAsync(SslStream peer, byte[] bytes)
    {
        for (int i = 0; i < bytes.Length; i++) await peer.WriteAsync(bytes.AsMemory(i, 1));
        await peer.ShutdownAsync();
    }
}
#endif
