using System.IO.Pipelines;

namespace StreamPipes.Tests.Defects;

/// <summary>Adapters that capture contexts and hop between threads (defect 18).</summary>
[Collection(nameof(RunsAlone))]
public sealed class SchedulingTests
{
    [Fact]
    public async Task Neither_an_awaiting_caller_nor_the_pumps_resume_on_a_synchronization_context()
    {
        CountingContext context = new();
        ScriptedStream stream = new();
        (PipeConnection connection, Task read) = context.RunInside(() =>
        {
            PipeConnection created = StreamConnection.Create(stream);
            Task reading = ReadAsync(created.Input);
            created.Output.Put("bytes"u8);
            created.Output.Complete();
            return (created, reading);
        });

        _ = stream.Read("bytes");
        await read.Guarded();
        await stream.GetCalledTask(StreamOperation.Flush).Guarded();

        context.Posts.Should().Be(0);
        connection.Abort();
    }

    [Fact]
    public async Task A_round_trip_takes_few_work_items_of_the_pool()
    {
        const int RoundTrips = 2000;
        await using StreamPair raw = await StreamPairs.TcpAsync();
        await using StreamPair piped = await StreamPairs.TcpAsync();
        PipeConnection connection = StreamConnection.Create(piped.Client);
        Task echoing = Task.WhenAll(EchoAsync(raw.Server), EchoAsync(piped.Server));

        double rawItems = await CountWorkItemsAsync(RoundTrips, async message =>
        {
            await raw.Client.WriteAsync(message);
            await raw.Client.ReadExactlyAsync(message);
        });
        double pipedItems = await CountWorkItemsAsync(RoundTrips, async message =>
        {
            await connection.Output.WriteAsync(message);
            ReadResult result = await connection.Input.ReadAtLeastAsync(message.Length);
            connection.Input.AdvanceTo(result.Buffer.End);
        });

        // The wake-up of the send pump is queued in any case, though its work is mostly claimed before.
        pipedItems.Should().BeLessThan(rawItems + 2.5);
        connection.Abort();
        await raw.Client.DisposeAsync();
        await Thrown.ByAsync(() => echoing.Guarded());
    }

    private static async Task<ReadResult> ReadAsync(PipeReader reader) => await reader.ReadAsync();

    private static async Task<double> CountWorkItemsAsync(int times, Func<byte[], Task> roundTrip)
    {
        byte[] message = new byte[64];
        await roundTrip(message).Guarded();
        long before = ThreadPool.CompletedWorkItemCount;
        for (int i = 0; i < times; i++) await roundTrip(message);
        return (ThreadPool.CompletedWorkItemCount - before) / (double)times;
    }

    private static async Task EchoAsync(Stream peer)
    {
        byte[] buffer = new byte[64];
        while (await peer.ReadAsync(buffer) is > 0 and int read) await peer.WriteAsync(buffer.AsMemory(0, read));
    }
}
