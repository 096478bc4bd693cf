using System.Buffers;
using System.IO.Pipelines;
using StreamPipes.Framing.Tests.Testing;

namespace StreamPipes.Framing.Tests.Reading;

/// <summary>Many frames of every format, in one stream through random cuts, are those that were encoded: 20,000 of each, 10,000,000 in the long form.</summary>
public sealed class ManyFramesTests
{
    private const int FramesPerBlock = 250;
    private const int Blocks = 40;
    private static readonly int Frames = LongRun.IsOn ? 10_000_000 : 20_000;

    public static TheoryData<string> Formats => FormatCase.Names;

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Millions_of_frames_through_random_cuts_are_those_that_were_encoded(string name)
    {
        FormatCase format = FormatCase.Of(name);
        Random random = Payload.NewRandom(11);
        (byte[][] Frames, byte[] Stream)[] blocks = [.. Enumerable.Range(0, Blocks).Select(_ => format.Random(random, FramesPerBlock))];
        Pipe pipe = new(new PipeOptions(minimumSegmentSize: 512, pauseWriterThreshold: 0, readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));
        Queue<byte[]> expected = new();
        FrameReader reader = new(pipe.Reader, format.Format);
        FrameEnumerator frames = reader.GetAsyncEnumerator();
        long taken = 0;
        long sent = 0;

        // The first half with the methods of channels, the second by an enumerator.
        ValueTask<bool> wait = reader.WaitToReadAsync();
        for (int block = 0; block < Frames / FramesPerBlock; block++)
        {
            (byte[][] encoded, byte[] stream) = blocks[random.Next(Blocks)];
            foreach (byte[] frame in encoded) expected.Enqueue(frame);
            sent += stream.Length;
            int longest = random.Next(5) switch { 0 => 2, 1 => 7, 2 => 60, 3 => 900, _ => 20_000 };
            for (int at = 0; at < stream.Length;)
            {
                int count = Math.Min(1 + random.Next(longest), stream.Length - at);
                await pipe.Writer.WriteAsync(stream.AsMemory(at, count));
                at += count;
                while (wait.IsCompleted)
                {
                    if (!await wait) throw new InvalidOperationException("The stream has not ended.");
                    if (taken < Frames / 2)
                    {
                        while (reader.TryRead(out ReadOnlySequence<byte> frame)) Check(frame);
                        wait = taken < Frames / 2 ? reader.WaitToReadAsync() : frames.MoveNextAsync();
                    }
                    else
                    {
                        Check(frames.Current);
                        wait = frames.MoveNextAsync();
                    }
                }
            }
        }

        await pipe.Writer.CompleteAsync();
        (await wait.AsTask().Guarded()).Should().BeFalse();
        taken.Should().Be(Frames);
        reader.Position.Should().Be(sent);

        void Check(in ReadOnlySequence<byte> frame)
        {
            byte[] next = expected.Dequeue();
            bool isEqual = frame.IsSingleSegment ? frame.FirstSpan.SequenceEqual(next) : frame.ToArray().AsSpan().SequenceEqual(next);
            if (!isEqual) throw new InvalidOperationException($"Frame {taken} is {Convert.ToHexString(frame.ToArray())}, and not {Convert.ToHexString(next)}.");
            taken++;
        }
    }
}
