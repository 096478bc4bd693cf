using System.Buffers;
using System.IO.Pipelines;
using StreamPipes.Framing;

namespace StreamPipes.Fuzzing.Frames;

/// <summary>Messages through a writer: their bytes are those of the oracle, what it refuses leaves no trace, and a reader gets them back.</summary>
internal sealed class FrameRoundTrip(FormatChoice choice, byte seed)
{
    private readonly Random _random = new(seed);
    private readonly Pipe _pipe = new(new PipeOptions(minimumSegmentSize: seed % 2 == 0 ? 16 : 4096, pauseWriterThreshold: 0, readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));
    private readonly List<byte> _expected = [];
    private readonly FrameLog _frames = new();

    public void Run(byte[] messages)
    {
        FrameWriter writer = new(_pipe.Writer, choice.Format);
        for (FuzzBytes bytes = new(messages); !bytes.IsAtEnd;)
        {
            byte way = bytes.Next();
            Write(writer, way, bytes.Take(bytes.NextLength()));
        }

        Parsers.Now.Of(writer.FlushAsync());
        _pipe.Writer.Complete();
        ReadResult written = Parsers.Now.Of(_pipe.Reader.ReadAsync());
        FoundException.Unless(written.Buffer.ToArray().AsSpan().SequenceEqual([.. _expected]), "other bytes were written");
        _pipe.Reader.AdvanceTo(written.Buffer.Start);
        ReadAgain();
    }

    private void ReadAgain()
    {
        FrameLog read = new();
        FrameReader reader = new(_pipe.Reader, choice.Format);
        while (Parsers.Now.Of(reader.WaitToReadAsync()))
        {
            while (reader.TryRead(out ReadOnlySequence<byte> frame)) read.Frame(frame);
        }

        _frames.MustEqual(read, "read was");
    }

    private void Write(FrameWriter writer, byte way, byte[] message)
    {
        byte[]? encoded = choice.Oracle.Encode(message, out FrameErrorKind refusal);
        bool isDropped = way % 5 == 4;
        try
        {
            Write(writer, way % 5, message, isDropped);
            FoundException.Unless(encoded is not null || isDropped, "a frame was written that cannot be");
            if (isDropped) return;
            _expected.AddRange(encoded!);

            // With its header in it a frame is read with the prefix that the writer has set.
            FrameVerdict verdict = choice.Oracle.Next(encoded, isLastOpen: false);
            _frames.Frame(encoded.AsSpan(verdict.Start, (int)verdict.Length));
        }
        catch (FrameException exception)
        {
            FoundException.Unless(encoded is null && exception.Kind == refusal, $"{exception.Kind}, where the frame {(encoded is null ? $"is {refusal}" : "can be written")}");
            FoundException.Unless(exception.Position == _expected.Count, $"the frame is at {exception.Position}, after {_expected.Count} bytes");
        }

        FoundException.Unless(writer.Position == _expected.Count, $"the writer is at {writer.Position}, after {_expected.Count} bytes");
    }

    private void Write(FrameWriter writer, int way, byte[] message, bool isDropped)
    {
        switch (way)
        {
            case 0:
                writer.Write(message.AsSpan());
                break;
            case 1:
                writer.Write(Parsers.Segments.Of(message, _random));
                break;
            case 2:
                Parsers.Now.Of(writer.WriteAsync(message));
                break;
            default:
                using (FrameLease lease = writer.Lease(_random.Next(2) * _random.Next(100)))
                {
                    for (int at = 0; at < message.Length;)
                    {
                        int count = Math.Min(message.Length - at, 1 + _random.Next(200));
                        lease.Write(message.AsSpan(at, count));
                        at += count;
                    }

                    if (!isDropped) lease.Commit();
                }

                break;
        }
    }
}
