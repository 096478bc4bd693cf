using System.Globalization;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;

namespace StreamPipes.Tests.Stacking;

/// <summary>
/// Code that blocks, on threads of the pool, on the stream of a pipe: readers and writers of text and of binary values, TLS, and CopyTo.
/// </summary>
[Collection(nameof(RunsAlone))]
public sealed class SyncUserTests
{
    private const int Pairs = 4;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Lines_go_back_and_forth(bool overSockets) => BesideEachOtherAsync(overSockets, (client, server) => Task.WhenAll(
        Task.Run(() =>
        {
            using StreamReader reader = new(server, leaveOpen: true);
            using StreamWriter writer = new(server) { AutoFlush = true };
            while (reader.ReadLine() is { } line) writer.WriteLine("echo of " + line);
        }),
        Task.Run(() =>
        {
            using StreamReader reader = new(client, leaveOpen: true);
            using StreamWriter writer = new(client) { AutoFlush = true };
            for (int i = 0; i < 200; i++)
            {
                string line = string.Create(CultureInfo.InvariantCulture, $"line {i}");
                writer.WriteLine(line);
                reader.ReadLine().Should().Be("echo of " + line);
            }
        })));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Binary_values_go_back_and_forth(bool overSockets) => BesideEachOtherAsync(overSockets, (client, server) => Task.WhenAll(
        Task.Run(() =>
        {
            using BinaryReader reader = new(server);
            using BinaryWriter writer = new(server);
            for (int count = reader.ReadInt32(); count >= 0; count = reader.ReadInt32())
            {
                writer.Write(reader.ReadBytes(count).Length);
                writer.Write(reader.ReadString());
                writer.Flush();
            }
        }),
        Task.Run(() =>
        {
            using BinaryReader reader = new(client);
            using BinaryWriter writer = new(client);
            foreach (int size in Payload.AwkwardSizes)
            {
                writer.Write(size);
                writer.Write(new byte[size]);
                writer.Write("text");
                writer.Flush();
                reader.ReadInt32().Should().Be(size);
                reader.ReadString().Should().Be("text");
            }

            writer.Write(-1);
        })));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task CopyTo_gets_everything_up_to_the_end(bool overSockets) => BesideEachOtherAsync(overSockets, (client, server) =>
    {
        byte[] payload = Payload.Seeded(1_000_000);
        return Task.WhenAll(
            Task.Run(() =>
            {
                using MemoryStream received = new();
                server.CopyTo(received);
                Payload.HashOf(received.ToArray()).Should().Be(Payload.HashOf(payload));
                server.Dispose();
            }),
            Task.Run(() =>
            {
                new MemoryStream(payload).CopyTo(client, 7_777);
                client.Dispose();
            }));
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task TLS_shakes_hands_and_talks(bool overSockets) => BesideEachOtherAsync(overSockets, (client, server) => Task.WhenAll(
        Task.Run(() =>
        {
            using SslStream tls = new(server);
            tls.AuthenticateAsServer(TestCertificates.ServerOptions());
            tls.Write("welcome"u8);
            tls.ReadByte().Should().Be('!');
            tls.ReadByte().Should().Be(-1);
        }),
        Task.Run(() =>
        {
            using SslStream tls = new(client);
            tls.AuthenticateAsClient(TestCertificates.ClientOptions());
            byte[] buffer = new byte[7];
            tls.ReadExactly(buffer);
            buffer.Should().Equal("welcome"u8.ToArray());
            tls.WriteByte((byte)'!');
        })));

    private static Task BesideEachOtherAsync(bool overSockets, Func<Stream, Stream, Task> talk) => Task.WhenAll(Enumerable.Range(0, Pairs).Select(async _ =>
    {
        (IDuplexPipe client, IDuplexPipe server) = overSockets ? await SocketsAsync() : DuplexPipe.CreatePair();
        await talk(client.AsStream(), server.AsStream()).Guarded();
    }));

    private static async Task<(IDuplexPipe Client, IDuplexPipe Server)> SocketsAsync()
    {
        (Socket client, Socket server) = await SocketPair.TcpAsync();
        return (SocketConnection.Create(client), SocketConnection.Create(server));
    }
}
