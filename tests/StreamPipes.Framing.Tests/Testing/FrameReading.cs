using System.Buffers;

namespace StreamPipes.Framing.Tests.Testing;

/// <summary>Reads a stream to its end in each of the ways there are.</summary>
internal static class FrameReading
{
    /// <summary>With the methods of channels.</summary>
    public static async Task<Outcome> ByTryReadAsync(FrameReader reader)
    {
        List<byte[]> frames = [];
        try
        {
            while (await reader.WaitToReadAsync().Guarded())
            {
                reader.TryRead(out ReadOnlySequence<byte> first).Should().BeTrue("the wait has promised a frame");
                frames.Add(first.ToArray());
                while (reader.TryRead(out ReadOnlySequence<byte> frame)) frames.Add(frame.ToArray());
            }

            return Outcome.Of(frames, error: null, reader.Position);
        }
        catch (FrameException e)
        {
            e.Position.Should().Be(reader.Position);
            return Outcome.Of(frames, e.Kind, e.Position);
        }
    }

    /// <summary>With <c>await foreach</c>.</summary>
    public static async Task<Outcome> ByEnumerationAsync(FrameReader reader)
    {
        List<byte[]> frames = [];
        try
        {
            await foreach (ReadOnlySequence<byte> frame in reader) frames.Add(frame.ToArray());
            return Outcome.Of(frames, error: null, reader.Position);
        }
        catch (FrameException e)
        {
            return Outcome.Of(frames, e.Kind, e.Position);
        }
    }

    /// <summary>Both ways, which have to come to the same.</summary>
    public static async Task ShouldBeAsync(Outcome expected, FrameFormat format, byte[] stream, params int[] sizes)
    {
        string pieces = $"in pieces of {string.Join(", ", sizes)} bytes";
        Outcome read = await ByTryReadAsync(new FrameReader(new PieceReader([.. stream], sizes), format));
        read.ToString().Should().Be(expected.ToString(), pieces);
        Outcome enumerated = await ByEnumerationAsync(new FrameReader(new PieceReader([.. stream], sizes, endsWithLastPiece: true), format));
        enumerated.ToString().Should().Be(expected.ToString(), pieces);
    }
}
