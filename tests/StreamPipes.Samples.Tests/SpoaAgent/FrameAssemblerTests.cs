using System.Buffers;
using SpoaAgent;

namespace StreamPipes.Samples.Tests.SpoaAgent;

/// <summary>Frames out of bytes, in whatever pieces those come.</summary>
public sealed class FrameAssemblerTests
{
    private const int Limit = 64 * 1024;

    private static readonly byte[] Body = Payload.Seeded(1000);

    [Fact]
    public void Frames_and_fragments_come_out_whole_from_every_size_of_reads()
    {
        byte[] wire =
        [
            .. Wire.Notify(1, 1, Body),
            .. Wire.FragmentedNotify(300, 70_000, Body, 7),
            .. Wire.Frame((FrameType)77, FrameFlags.Final, 0, 0, []),
            .. Wire.FragmentedNotify(2, 1, Body, 256),
            .. Wire.Disconnect(),
        ];
        string body = Convert.ToHexString(Body);
        for (int size = 1; size < 300; size++)
        {
            Read(wire, size).Should().Equal([$"Notify 1/1 {body}", $"Notify 300/70000 {body}", "77 0/0 ", $"Notify 2/1 {body}", "HaproxyDisconnect 0/0"], "reads are of {0} bytes", size);
        }
    }

    [Fact]
    public void The_payload_of_a_frame_lies_where_it_was_received()
    {
        byte[] wire = Wire.FragmentedNotify(1, 1, Body, 100);
        ReadOnlySequence<byte> buffer = new(wire);
        new FrameAssembler(Limit).TryRead(ref buffer, out Frame frame).Should().BeTrue();
        wire.AsSpan().Reverse();
        frame.Payload.ToArray().Should().NotEqual(Body, "its bytes were changed under it");
    }

    [Fact]
    public void What_is_given_up_has_no_payload_and_the_next_frame_is_read()
    {
        byte[] wire = [.. Wire.FragmentedNotify(1, 1, Body, 100, FrameFlags.Final | FrameFlags.Abort), .. Wire.Notify(2, 1, [1])];
        Read(wire, 11).Should().Equal("Notify 1/1 aborted", "Notify 2/1 01");
    }

    [Fact]
    public void A_payload_that_is_too_large_is_told_once_and_dropped_as_it_comes()
    {
        byte[] wire = [.. Wire.FragmentedNotify(1, 1, Payload.Seeded(3 * Limit), 1000), .. Wire.Notify(2, 1, [1])];
        Read(wire, 5000, maxKept: Limit + 10_000).Should().Equal("Notify 1/1 too large", "Notify 2/1 01");
    }

    [Fact]
    public void The_peer_may_stop_in_the_middle_of_what_was_refused()
    {
        byte[] wire = [.. Wire.FragmentedNotify(1, 1, Payload.Seeded(2 * Limit), 1000, FrameFlags.None), .. Wire.Notify(2, 1, [1])];
        Read(wire, 5000).Should().Equal("Notify 1/1 too large", "Notify 2/1 01");
    }

    [Fact]
    public void A_disconnect_between_fragments_is_heard()
    {
        byte[] wire = [.. Wire.FragmentedNotify(1, 1, Body, 100, FrameFlags.None), .. Wire.Disconnect()];
        Read(wire, 33).Should().Equal("HaproxyDisconnect 0/0");
    }

    [Theory]
    [InlineData(SpopStatus.InterlacedFrames, true, FrameType.Notify, 2)]
    [InlineData(SpopStatus.InterlacedFrames, true, FrameType.Unset, 2)]
    [InlineData(SpopStatus.InterlacedFrames, true, FrameType.Notify, 1)]
    [InlineData(SpopStatus.FrameIdNotFound, false, FrameType.Unset, 1)]
    public void Fragments_out_of_place_are_refused(object status, bool isOpen, object type, ulong streamId)
    {
        byte[] begun = isOpen ? Wire.FragmentedNotify(1, 1, Body, 100, FrameFlags.None) : [];
        byte[] wire = [.. begun, .. Wire.Frame((FrameType)type, FrameFlags.Final, streamId, 1, [])];
        FluentActions.Invoking(() => Read(wire, 16)).Should().Throw<SpopException>().Which.Status.Should().Be((SpopStatus)status);
    }

    [Fact]
    public void A_hello_in_fragments_is_refused()
    {
        byte[] wire = Wire.Frame(FrameType.HaproxyHello, FrameFlags.None, 0, 0, Body);
        FluentActions.Invoking(() => Read(wire, 16)).Should().Throw<SpopException>().Which.Status.Should().Be(SpopStatus.InvalidFrame);
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0x40, 1 }, SpopStatus.FrameTooBig)]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF }, SpopStatus.FrameTooBig)]
    [InlineData(new byte[] { 0, 0, 0, 0 }, SpopStatus.InvalidFrame)]
    [InlineData(new byte[] { 0, 0, 0, 6, 3, 0, 0, 0, 1, 0 }, SpopStatus.InvalidFrame)]
    public void A_length_that_cannot_be_is_refused_as_soon_as_it_is_there(byte[] wire, object status) =>
        FluentActions.Invoking(() => Read(wire, 1)).Should().Throw<SpopException>().Which.Status.Should().Be((SpopStatus)status);

    /// <summary>Feeds a growing buffer; what was consumed is taken away, as a pipe does it.</summary>
    private static List<string> Read(byte[] wire, int size, int maxKept = int.MaxValue)
    {
        FrameAssembler assembler = new(Limit);
        List<string> frames = [];
        int consumed = 0;
        for (int end = Math.Min(size, wire.Length); ; end = Math.Min(end + size, wire.Length))
        {
            ReadOnlySequence<byte> buffer = SegmentedBytes.Of(wire[consumed..end], size);
            while (assembler.TryRead(ref buffer, out Frame frame)) frames.Add(Print(frame));
            buffer.Length.Should().BeLessThanOrEqualTo(maxKept);
            consumed = end - (int)buffer.Length;
            if (end != wire.Length) continue;
            consumed.Should().Be(end, "nothing is left over");
            return frames;
        }
    }

    private static string Print(in Frame frame)
    {
        string payload = frame switch
        {
            { IsTooLarge: true } => " too large",
            { IsAborted: true } => " aborted",
            { Type: FrameType.HaproxyDisconnect } => "",
            _ => " " + Convert.ToHexString(frame.Payload.ToArray()),
        };
        return $"{frame.Type} {frame.StreamId}/{frame.FrameId}{payload}";
    }
}
