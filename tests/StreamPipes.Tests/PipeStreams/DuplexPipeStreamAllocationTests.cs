using System.IO.Pipelines;

namespace StreamPipes.Tests.PipeStreams;

/// <summary>In the steady state <see cref="DuplexPipe.AsStream"/> allocates nothing. Everything runs on this thread, so that it can be counted.</summary>
[Collection(nameof(RunsAlone))]
[Trait("Needs", "Release")]
public sealed class DuplexPipeStreamAllocationTests
{
    private const int Rounds = 5000;

    // A few objects in all, for what the runtime does once in a while, and the least of some measurements; one object per round would be 24 bytes
    // times the rounds at least, in each of them.
    private const long Tolerance = Rounds;
    private const int Measurements = 5;

    private readonly byte[] _message = new byte[64];
    private readonly byte[] _buffer = new byte[64];
    private readonly Stream _client;
    private readonly Stream _server;

    public DuplexPipeStreamAllocationTests()
    {
        PipeOptions inline = new(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false);
        (IDuplexPipe client, IDuplexPipe server) = DuplexPipe.CreatePair(inline);
        (_client, _server) = (client.AsStream(), server.AsStream());
    }

    [Fact]
    public void A_write_and_a_read_of_what_is_there_allocate_nothing() => ShouldAllocateNothing(() =>
    {
        ShouldBeDone(_client.WriteAsync(_message));
        if (!_client.FlushAsync().IsCompletedSuccessfully) throw new InvalidOperationException("The pipe is not full.");
        ShouldBeDone(_server.ReadAsync(_buffer));
    });

    [Fact]
    public void A_read_that_waits_for_the_write_allocates_nothing() => ShouldAllocateNothing(() =>
    {
        ValueTask<int> read = _server.ReadAsync(_buffer);
        if (read.IsCompleted) throw new InvalidOperationException("There was nothing to read yet.");
        ShouldBeDone(_client.WriteAsync(_message));
        if (!_client.FlushAsync().IsCompletedSuccessfully) throw new InvalidOperationException("The pipe is not full.");
        ShouldBeDone(read);
    });

    [Fact]
    public void Blocking_writes_and_reads_allocate_nothing() => ShouldAllocateNothing(() =>
    {
        _client.Write(_message, 0, _message.Length);
        _client.Flush();
        _server.ReadExactly(_buffer);
    });

    private static void ShouldAllocateNothing(Action round)
    {
        Assert.SkipWhen(LibraryBuild.IsNetStandard, "There the framework makes a task of every read and write of memory.");
        for (int i = 0; i < Rounds; i++) round();
        long least = long.MaxValue;
        for (int measurement = 0; measurement < Measurements && least >= Tolerance; measurement++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < Rounds; i++) round();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        least.Should().BeLessThan(Tolerance);
    }

    private static void ShouldBeDone(ValueTask operation)
    {
        if (operation.IsCompleted) operation.GetAwaiter().GetResult();
        else throw new InvalidOperationException("The write waits.");
    }

    private static void ShouldBeDone(ValueTask<int> operation)
    {
        int count = -1;
        if (operation.IsCompleted) count = operation.GetAwaiter().GetResult();
        if (count != 64) throw new InvalidOperationException("The read waits, or has got something else.");
    }
}
