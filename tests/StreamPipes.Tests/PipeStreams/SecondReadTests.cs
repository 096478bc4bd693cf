using System.IO.Pipelines;

namespace StreamPipes.Tests.PipeStreams;

/// <summary>A second read of a stream over a pipe, at every moment of the first: refused as documented, and the first one does not notice.</summary>
public sealed class SecondReadTests
{
    private static readonly PipeOptions Inline = new(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false);

    private static readonly Dictionary<string, Action<Stream>> Reads = new(StringComparer.Ordinal)
    {
        ["ReadAsync"] = stream => ThrowIfRefused(stream.ReadAsync(new byte[1].AsMemory()).AsTask()),
        ["ReadAsync of an array"] = stream => ThrowIfRefused(stream.ReadAsync(new byte[1], 0, 1)),
        ["ReadAsync of nothing"] = stream => ThrowIfRefused(stream.ReadAsync(Memory<byte>.Empty).AsTask()),
        ["BeginRead"] = stream => stream.EndRead(stream.BeginRead(new byte[1], 0, 1, callback: null, state: null)),
        ["Read"] = stream => _ = stream.Read(new byte[1].AsSpan()),
        ["ReadByte"] = stream => stream.ReadByte(),
        ["CopyToAsync"] = stream => ThrowIfRefused(stream.CopyToAsync(Stream.Null)),
    };

    public static TheoryData<string, string> EveryPair => new(Reads.Keys.SelectMany(first => Reads.Keys.Select(second => (first, second))));

    public static TheoryData<string> EveryRead => [.. Reads.Keys];

    [Theory]
    [MemberData(nameof(EveryRead))]
    public async Task A_read_beside_a_pending_read_is_refused(string second)
    {
        (IDuplexPipe near, IDuplexPipe far) = DuplexPipe.CreatePair();
        Stream stream = near.AsStream();
        Task<int> first = stream.ReadAsync(new byte[1]).AsTask();

        Assert.Throws<InvalidOperationException>(() => Reads[second](stream)).Message.Should().StartWith("A read of the stream is already pending");

        await far.Output.WriteTextAsync("x");
        (await first.Guarded()).Should().Be(1);
    }

    [Theory]
    [MemberData(nameof(EveryRead))]
    public async Task A_read_beside_a_copy_is_refused(string second)
    {
        (IDuplexPipe near, IDuplexPipe far) = DuplexPipe.CreatePair();
        Stream stream = near.AsStream();
        Task first = stream.CopyToAsync(Stream.Null);

        Assert.Throws<InvalidOperationException>(() => Reads[second](stream)).Message.Should().StartWith("A read of the stream is already pending");

        await far.Output.CompleteAsync();
        await first.Guarded();
    }

    [Theory]
    [MemberData(nameof(EveryRead))]
    public async Task A_read_beside_a_blocking_read_is_refused(string second)
    {
        (IDuplexPipe near, IDuplexPipe far) = DuplexPipe.CreatePair();
        Gate reached = Gate.Open();
        HookedReader reader = new(near.Input) { OnRead = () => _ = reached.WaitAsync() };
        Stream stream = new PipeHalves(reader, near.Output).AsStream();
        Task<int> first = Task.Factory.StartNew(stream.ReadByte, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await reached.Called.Guarded();

        Assert.Throws<InvalidOperationException>(() => Reads[second](stream)).Message.Should().StartWith("A read of the stream is already pending");

        await far.Output.WriteTextAsync("x");
        (await first.Guarded()).Should().Be('x');
    }

    [Theory]
    [MemberData(nameof(EveryPair))]
    public void A_read_that_comes_while_another_one_is_on_its_way_into_the_pipe_is_refused(string first, string second)
    {
        (HookedReader reader, Stream stream) = OverFourBytes();
        Exception? thrown = null;
        reader.OnRead = () =>
        {
            reader.OnRead = null;
            thrown = Record.Exception(() => Reads[second](stream));
        };

        Reads[first](stream);

        thrown.Should().BeOfType<InvalidOperationException>().Which.Message.Should().StartWith("A read of the stream is already pending");
    }

    [Theory]
    [MemberData(nameof(EveryPair))]
    public void A_read_that_comes_while_another_one_takes_its_bytes_is_refused(string first, string second)
    {
        (HookedReader reader, Stream stream) = OverFourBytes();
        Exception? thrown = null;
        reader.OnAdvance = () =>
        {
            reader.OnAdvance = null;
            thrown = Record.Exception(() => Reads[second](stream));
        };

        Reads[first](stream);

        thrown.Should().BeOfType<InvalidOperationException>().Which.Message.Should().StartWith("A read of the stream is already pending");
    }

    [Fact]
    public async Task A_read_after_one_that_has_ended_and_was_not_awaited_yet_gets_its_own_bytes()
    {
        (IDuplexPipe near, IDuplexPipe far) = DuplexPipe.CreatePair(Inline);
        Stream stream = near.AsStream();
        byte[] first = new byte[1];
        byte[] second = new byte[1];

        ValueTask<int> firstRead = stream.ReadAsync(first);
        await far.Output.WriteTextAsync("1");
        firstRead.IsCompleted.Should().BeTrue();
        ValueTask<int> secondRead = stream.ReadAsync(second);
        await far.Output.WriteTextAsync("2");

        (await firstRead.Guarded()).Should().Be(1);
        (await secondRead.Guarded()).Should().Be(1);
        (first[0], second[0]).Should().Be(((byte)'1', (byte)'2'));
        Assert.Throws<InvalidOperationException>(() =>
        {
            ValueTask<int> pending = stream.ReadAsync(first);
            if (!pending.IsCompleted) _ = stream.ReadByte();
        });
    }

    [Fact]
    public async Task Two_readers_that_contend_get_every_byte_once_and_no_other_exception()
    {
        (IDuplexPipe near, IDuplexPipe far) = DuplexPipe.CreatePair();
        Stream stream = near.AsStream();
        const int Total = 50_000;
        long received = 0;
        long sum = 0;
        Task[] readers = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(ReadAsync))];
        Random random = new(1);
        byte[] payload = new byte[Total];
        random.NextBytes(payload);
        for (int sent = 0, size; sent < Total; sent += size)
        {
            size = Math.Min(random.Next(1, 9), Total - sent);
            await far.Output.WriteAsync(payload.AsMemory(sent, size)).Guarded();
        }

        await far.Output.CompleteAsync();
        await Task.WhenAll(readers).Guarded();

        received.Should().Be(Total);
        sum.Should().Be(payload.Sum(value => (long)value));

        async Task ReadAsync()
        {
            byte[] buffer = new byte[4];
            while (true)
            {
                try
                {
                    int count = await stream.ReadAsync(buffer);
                    if (count == 0) return;
                    Interlocked.Add(ref received, count);
                    Interlocked.Add(ref sum, buffer.Take(count).Sum(value => (long)value));
                }
                catch (InvalidOperationException e) when (e.Message.StartsWith("A read of the stream is already pending", StringComparison.Ordinal))
                {
                    await Task.Yield();
                }
            }
        }
    }

    private static (HookedReader Reader, Stream Stream) OverFourBytes()
    {
        (IDuplexPipe near, IDuplexPipe far) = DuplexPipe.CreatePair();
        far.Output.Put([1, 2, 3, 4]);
        far.Output.Complete();
        HookedReader reader = new(near.Input);
        return (reader, new PipeHalves(reader, near.Output).AsStream());
    }

    /// <summary>A read that is not refused may stay pending: that is no refusal.</summary>
    private static void ThrowIfRefused(Task read)
    {
        if (read.IsFaulted) read.GetAwaiter().GetResult();
    }
}
