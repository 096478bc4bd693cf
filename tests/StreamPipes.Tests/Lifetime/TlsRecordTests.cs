using System.Security.Authentication;

namespace StreamPipes.Tests.Lifetime;

/// <summary>How many writes reach the stream under an <see cref="System.Net.Security.SslStream"/>: each is a system call, and at least one TLS record.</summary>
[Collection(nameof(RunsAlone))]
public sealed class TlsRecordTests
{
    [Fact]
    public async Task A_flush_of_64_KiB_makes_at_most_3_writes()
    {
        int writes = await CountWritesAsync(64 * 1024, async connection =>
        {
            connection.Output.Put(new byte[64 * 1024]);
            await connection.Output.FlushAsync().Guarded();
        });

        writes.Should().BeInRange(1, 3);
    }

    [Fact]
    public async Task A_flush_of_64_KiB_in_small_pieces_makes_at_most_3_writes()
    {
        int writes = await CountWritesAsync(64 * 1024, async connection =>
        {
            for (int i = 0; i < 1024; i++) connection.Output.Put(new byte[64]);
            await connection.Output.FlushAsync().Guarded();
        });

        writes.Should().BeInRange(1, 3);
    }

    [Fact]
    public async Task A_thousand_flushed_messages_of_64_bytes_make_at_most_16_writes()
    {
        // Whoever writes may lose the processor in the middle of the burst, and then the pump is right to send what there is.
        int best = int.MaxValue;
        for (int attempt = 0; attempt < 5 && best > 16; attempt++)
        {
            best = Math.Min(best, await CountWritesAsync(64_000, async connection =>
            {
                byte[] message = new byte[64];
                for (int i = 0; i < 1000; i++) await connection.Output.WriteAsync(message);
            }));
        }

        best.Should().BeInRange(1, 16);
    }

    private static async Task<int> CountWritesAsync(int length, Func<PipeConnection, Task> send)
    {
        StreamPair tcp = await StreamPairs.TcpAsync();
        CountingStream counting = new(tcp.Client);
        await using StreamPair pair = await StreamPairs.TlsOverAsync(counting, tcp.Server, SslProtocols.Tls13);
        PipeConnection connection = StreamConnection.Create(pair.Client);
        int before = counting.Writes;

        await send(connection);
        await pair.Server.ReadExactlyAsync(new byte[length]).Guarded();

        int writes = counting.Writes - before;
        connection.Abort();
        return writes;
    }
}
