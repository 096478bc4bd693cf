using System.IO.Pipelines;

namespace StreamPipes.Testing.Tests.PutBack.Scenarios;

/// <summary>Two readers of one connection, against the contract: while one waits the other is refused, and comes again. The one that waits gets its bytes.</summary>
internal sealed class ContendingReaders : Scenario
{
    private const int Size = 2000;

    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    /// <summary>Bytes come in the same moments in which a reader that was refused comes again.</summary>
    public override VirtualNetworkOptions Options => new() { Link = new VirtualLinkOptions { MinimumLatency = Moment, MaximumLatency = Moment, StallProbability = 0 } };

    public override async Task RunAsync(VirtualNetwork network)
    {
        (VirtualStream near, VirtualStream far) = network.ConnectStreams();
        PipeConnection connection = StreamConnection.Create(near, network.OptionsFor(options: null));
        Task sending = SendAsync(network, far);
        long[] counts = await Task.WhenAll(CountAsync(network, connection.Input), CountAsync(network, connection.Input));
        if (counts.Sum() != Size) throw new InvalidOperationException($"the readers got {counts.Sum()} bytes of {Size}");
        await connection.DisposeAsync();
        await sending;
    }

    private static async Task<long> CountAsync(VirtualNetwork network, PipeReader reader)
    {
        long count = 0;
        while (true)
        {
            ValueTask<ReadResult> read = reader.ReadAsync();
            if (read.IsFaulted)
            {
                // Refused. What is thrown later is none of this.
                await network.DelayAsync(Moment);
                continue;
            }

            ReadResult result = await TakeAsync(read);
            count += result.Buffer.Length;
            reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) return count;
        }
    }

    private static async Task<ReadResult> TakeAsync(ValueTask<ReadResult> read)
    {
        try
        {
            ReadResult result = await read;
            if (!result.Buffer.IsEmpty || result.IsCompleted) return result;
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidOperationException("a read lost its result to another", e);
        }

        throw new InvalidOperationException("a read lost its result to another: it ended with nothing");
    }

    private static async Task SendAsync(VirtualNetwork network, VirtualStream stream)
    {
        for (int sent = 0; sent < Size; sent += 100)
        {
            await stream.WriteAsync(new byte[100]);
            await network.DelayAsync(Moment * network.Random.Next(5));
        }

        await stream.DisposeAsync();
    }
}
