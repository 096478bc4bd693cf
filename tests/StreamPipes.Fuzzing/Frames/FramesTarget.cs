using System.Buffers;
using System.IO.Pipelines;

namespace StreamPipes.Fuzzing.Frames;

/// <summary>
/// Frames of every format, with a maximum, a policy about bad ones, a change of the format and waits that are cancelled, all from the first bytes of the input:
/// read in either way and from pipes of every kind they are those of a plain reading of the rest, with its errors at its positions. The rest is also written as messages
/// and read again.
/// </summary>
internal sealed class FramesTarget : FuzzTarget
{
    public override string Name => "frames";

    public override IEnumerable<byte[]> Seeds() =>
    [
        [0, 7, 1, 0, 0, 0, 0x00, 5, 0, 3, 1, 2, 3, 0, 0, 0, 9, 9, 9],
        [0, 99, 2, 0, 0, 0, 0x01, 5, 0, 0, 0, 2, 7, 8, 0, 0, 1, 0, .. new byte[256]],
        [0, 99, 2 + 8 + 16 + 32, 1, 0xFC, 0, 0x11, 2, .. "Q"u8, 0, 0, 0, 7, .. "abc"u8, .. "X"u8, 0, 0, 0, 4],
        [0, 255, 3 + 64, 0, 0x7F, 0, 0x01, 9, 0x40, 0, 0, 0, 0, 0, 0, 0, 1],
        [2, 199, 0, 0x11, 3, 0x82, 0x80, 0, 7, 8, 1, 9, 0xC9, 1, .. new byte[201], 0],
        [2, 199, 0, 0x00, 3, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 2],
        [3, 254, 0, 0x01, 30, 0xF0, 0, .. new byte[240], 0xF5, 0x80, 1, 5, 1, 2, 3, 4, 5],
        [4, 7, 0, 0x19, 1, .. "one\ntwo\r\n12345678\r\n123456789\r\n\r\n\nlast\r"u8],
        [4, 7, 0, 0x0D, 3, .. "toolong line\r\nok\nanother long one"u8],
        [5, 7, 0, 0x11, 2, .. "one\r\ntwo\n\rx\r\n123456789\r\r\nabc\r"u8],
        [6, 5, 3, 0, 0x19, 3, .. "xabaaba1abab"u8],
        [6, 3, 2 + 3, 45, 0, 0x18, 1, .. "ab-----cdefg-----------"u8],
        [7, 3, 0, 0x10, 2, .. "abcdefgh"u8],

        // Lines, then a body of a fixed size, by the same reader and by another.
        [4, 50, 1, 7, 4, 0x10 + 0x40, 2, .. "head\r\nmore\nbodyBODYbo"u8],
        [4, 50, 1, 0, 9, 1, 0, 0, 0x30 + 0x80, 2, .. "EHLO x\r\nDATA\r\nSTARTTLS\n"u8, 0, 3, 1, 2, 3],

        // Found: a second wait after the end of a sequence of one empty segment.
        Convert.FromBase64String("ASIDPwBLCQ=="),
    ];

    public override void Run(byte[] input)
    {
        if (FramePlan.From(input) is not { } plan) return;
        FrameLog expected = FrameExpectation.Of(plan);
        MustBe(expected, plan, enumerates: false);
        MustBe(expected, plan, enumerates: true);
        MustBe(expected, plan, PipeReader.Create(new ReadOnlySequence<byte>(plan.Wire)), "of one piece of memory");
        MustBe(expected, plan, PipeReader.Create(Parsers.Segments.Of(plan.Wire, new Random(plan.Cutting))), "of segments");
        StreamPipeReaderOptions small = new(bufferSize: 32, minimumReadSize: 8);
        MustBe(expected, plan, PipeReader.Create(new Parsers.SmallReads(plan.Wire, 1 + (plan.Cutting % 40)), small), "of a stream");
        new FrameRoundTrip(plan.First, plan.Cutting).Run(plan.Wire);
    }

    private static void MustBe(FrameLog expected, FramePlan plan, bool enumerates)
    {
        FramePump pump = new(plan);
        FrameSession session = new(plan, pump.Reader, pump);
        Task running = session.RunAsync(enumerates);
        while (!running.IsCompleted) pump.Step();
        Parsers.Now.Of(new ValueTask(running));
        expected.MustEqual(session.Log, enumerates ? "await foreach has" : "TryRead has");
        session.MustStayAsItIs();
        bool isAtHand = session.HasFailed && session.Position < pump.Sent;
        byte[] left = pump.Drain(isAtHand);
        FoundException.Unless(left.AsSpan().SequenceEqual(plan.Wire.AsSpan((int)session.Position)), $"{left.Length} bytes are left, from {session.Position} on");
    }

    private static void MustBe(FrameLog expected, FramePlan plan, PipeReader input, string how)
    {
        FrameSession session = new(plan, input, pump: null);
        Task running = session.RunAsync(enumerates: plan.Cutting % 2 == 0);
        Parsers.Now.Of(new ValueTask(running));
        expected.MustEqual(session.Log, how);
        session.MustStayAsItIs();
    }
}
