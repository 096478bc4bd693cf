using System.Buffers;
using System.IO.Pipelines;

namespace StreamPipes.Framing.Tests;

/// <summary>In the steady state reading and writing allocate nothing. Everything runs on this thread, so that it can be counted.</summary>
[Collection(nameof(RunsAlone))]
[Trait("Needs", "Release")]
public sealed class AllocationTests
{
    private const int Rounds = 2000;
    private const int FramesPerRound = 20;

    // A few objects in all, for what the runtime does once in a while; one object per frame would be 24 bytes times the frames at least.
    private const long Tolerance = Rounds;
    private const int Measurements = 5;

    private readonly byte[] _frame = Payload.Seeded(64).Select(b => b is 10 or 13 ? (byte)0 : b).ToArray();
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 0, readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));

    public static TheoryData<string> Formats => ["4 bytes", "LEB128", "lines", "LF", "CR LF", "PostgreSQL"];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Frames_that_are_there_are_written_and_read_without_an_allocation(string name)
    {
        (FrameReader reader, FrameWriter writer) = Ends(name);
        ShouldAllocateNothing(() =>
        {
            for (int i = 0; i < FramesPerRound; i++) writer.Write(_frame);
            Sent(writer.FlushAsync());
            Take(reader.WaitToReadAsync());
            for (int i = 0; i < FramesPerRound; i++)
            {
                if (!reader.TryRead(out ReadOnlySequence<byte> frame) || frame.Length != _frame.Length) throw new InvalidOperationException("A frame is missing.");
            }
        });
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Leased_frames_are_written_and_enumerated_without_an_allocation(string name)
    {
        (FrameReader reader, FrameWriter writer) = Ends(name);
        FrameEnumerator frames = reader.GetAsyncEnumerator();
        ShouldAllocateNothing(() =>
        {
            for (int i = 0; i < FramesPerRound; i++)
            {
                using FrameLease lease = writer.Lease();
                lease.Write(_frame.AsSpan(0, 10));
                lease.Write(_frame.AsSpan(10));
                lease.Commit();
            }

            Sent(writer.FlushAsync());
            for (int i = 0; i < FramesPerRound; i++)
            {
                Take(frames.MoveNextAsync());
                if (frames.Current.Length != _frame.Length) throw new InvalidOperationException("The frame is another.");
            }
        });
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_wait_for_the_next_frame_allocates_nothing(string name)
    {
        Assert.SkipWhen(LibraryBuild.IsNetStandard, "There is no builder of asynchronous methods there that uses its objects again.");
        (FrameReader reader, FrameWriter writer) = Ends(name);
        FrameEnumerator frames = reader.GetAsyncEnumerator();
        ShouldAllocateNothing(() =>
        {
            ValueTask<bool> move = frames.MoveNextAsync();
            if (move.IsCompleted) throw new InvalidOperationException("There was nothing to read yet.");
            Sent(writer.WriteAsync(_frame));
            Take(move);
            if (frames.Current.Length != _frame.Length) throw new InvalidOperationException("The frame is another.");
        });
    }

    private (FrameReader Reader, FrameWriter Writer) Ends(string name)
    {
        FrameFormat format = Testing.FormatCase.Of(name).Format;
        return (new FrameReader(_pipe.Reader, format), new FrameWriter(_pipe.Writer, format));
    }

    private static void ShouldAllocateNothing(Action round)
    {
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

    private static void Sent(ValueTask<FlushResult> flush)
    {
        if (!flush.IsCompleted || flush.GetAwaiter().GetResult().IsCompleted) throw new InvalidOperationException("The flush waits, although the pipe is not full.");
    }

    private static void Take(ValueTask<bool> operation)
    {
        if (!operation.IsCompleted || !operation.GetAwaiter().GetResult()) throw new InvalidOperationException("The operation waits, or the stream has ended.");
    }
}
