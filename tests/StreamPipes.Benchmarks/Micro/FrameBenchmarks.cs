using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using BenchmarkDotNet.Attributes;
using StreamPipes.Framing;

namespace StreamPipes.Benchmarks.Micro;

/// <summary>Frames of 64 B behind a length of four bytes: the time on the processor for each, in each way to read them. All is on one thread, and no read waits.</summary>
public class FrameBenchmarks
{
    private const int Frames = 100_000;
    private const int Size = 64;
    private const int FramesPerRead = 200;
    private const int Maximum = 4096;

    private static readonly FrameFormat Format = FrameFormat.LengthPrefix(size: 4, Maximum);

    private readonly MessageLoop.FrameParser _parser = new();

    [Benchmark(Baseline = true, Description = "a loop by hand", OperationsPerInvoke = Frames)]
    public async Task<long> ByHand()
    {
        PipeReader input = new EndlessFrames(Size, FramesPerRead);
        long sum = 0;
        int left = Frames;
        while (left > 0)
        {
            ReadResult result = await input.ReadAsync();
            ReadOnlySequence<byte> buffer = result.Buffer;
            int at = 0;
            while (left > 0 && TryTake(buffer, ref at, out ReadOnlySequence<byte> frame))
            {
                sum += frame.Length;
                left--;
            }

            input.AdvanceTo(buffer.GetPosition(at), buffer.End);
        }

        return sum;
    }

    [Benchmark(Description = "WaitToReadAsync and TryRead", OperationsPerInvoke = Frames)]
    public async Task<long> ByTryRead()
    {
        FrameReader frames = new(new EndlessFrames(Size, FramesPerRead), Format);
        long sum = 0;
        int left = Frames;
        while (left > 0 && await frames.WaitToReadAsync())
        {
            while (left > 0 && frames.TryRead(out ReadOnlySequence<byte> frame))
            {
                sum += frame.Length;
                left--;
            }
        }

        return sum;
    }

    [Benchmark(Description = "await foreach", OperationsPerInvoke = Frames)]
    public async Task<long> ByEnumeration()
    {
        FrameReader frames = new(new EndlessFrames(Size, FramesPerRead), Format);
        long sum = 0;
        int left = Frames;
        await foreach (ReadOnlySequence<byte> frame in frames)
        {
            sum += frame.Length;
            if (--left == 0) break;
        }

        return sum;
    }

    [Benchmark(Description = "an iterator with yield", OperationsPerInvoke = Frames)]
    public async Task<long> ByIterator()
    {
        long sum = 0;
        int left = Frames;
        await foreach (ReadOnlySequence<byte> frame in IterateAsync(new EndlessFrames(Size, FramesPerRead)))
        {
            sum += frame.Length;
            if (--left == 0) break;
        }

        return sum;
    }

    [Benchmark(Description = "a call for each message, as Bedrock has it", OperationsPerInvoke = Frames)]
    public async Task<long> ByMessage()
    {
        MessageLoop messages = new(new EndlessFrames(Size, FramesPerRead));
        long sum = 0;
        for (int i = 0; i < Frames; i++)
        {
            ReadOnlySequence<byte> frame = await messages.ReadAsync(_parser);
            sum += frame.Length;
            messages.Advance();
        }

        return sum;
    }

    private static async IAsyncEnumerable<ReadOnlySequence<byte>> IterateAsync(PipeReader input)
    {
        while (true)
        {
            ReadResult result = await input.ReadAsync();
            ReadOnlySequence<byte> buffer = result.Buffer;
            int at = 0;
            while (TryTake(buffer, ref at, out ReadOnlySequence<byte> frame)) yield return frame;
            input.AdvanceTo(buffer.GetPosition(at), buffer.End);
            if (result.IsCompleted) yield break;
        }
    }

    /// <summary>The buffer is one segment here, and a loop by hand makes use of it.</summary>
    private static bool TryTake(in ReadOnlySequence<byte> buffer, ref int at, out ReadOnlySequence<byte> frame)
    {
        ReadOnlySpan<byte> unread = buffer.FirstSpan[at..];
        frame = default;
        if (unread.Length < sizeof(int)) return false;
        int length = BinaryPrimitives.ReadInt32BigEndian(unread);
        if ((uint)length > Maximum) throw new InvalidDataException("A frame is too long.");
        if (length > unread.Length - sizeof(int)) return false;
        frame = buffer.Slice(at + sizeof(int), length);
        at += sizeof(int) + length;
        return true;
    }
}
