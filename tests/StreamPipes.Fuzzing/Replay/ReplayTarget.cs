using StreamPipes.Tests.Testing;

namespace StreamPipes.Fuzzing.Replay;

/// <summary>
/// The stream that a detach hands back: bytes in front, a read that is still in the stream below, then the stream below. Reads of all sizes and flavours, given up
/// or not, while that is fed: what comes out is what went in, in order, once, and then the end. The first bytes are the <see cref="ReplayPlan"/>, the others the steps.
/// </summary>
internal sealed class ReplayTarget : FuzzTarget
{
    public override string Name => "replay";

    public override bool IsAsynchronous => true;

    public override IEnumerable<byte[]> Seeds() =>
    [
        [0, 10, 0, 1, 4, 0, 5, 1, 20, 7],
        [1, 0, 1, 2, 8, 0, 3, 9, 0, 0, 0, 10, 2, 8, 0],
        [3, 6, 2, 5, 4, 1, 5, 9, 0, 3, 7, 5, 100, 2],
        [5, 3, 3, 2, 8, 0, 4, 12, 2, 8, 1, 3, 5, 10, 0, 9],
        [9, 0, 4, 8, 0, 0, 7, 6, 3, 1, 0, 5, 0, 225],
        [16, 20, 0, 1, 3, 0, 2, 9, 1, 3, 0, 250, 5, 255, 0],
        [17, 20, 0, 5, 9, 0, 2, 9, 1, 3, 0, 250, 5, 255, 0],
        [49, 5, 5, 2, 9, 0, 4, 3, 7, 1, 9, 0],
        [32, 0, 6, 1, 9, 0, 0, 3, 7],
        [65, 8, 1, 2, 8, 0, 3, 0, 9],
    ];

    public override void Run(byte[] input)
    {
        FuzzBytes bytes = new(input);
        ReplaySession session = new(ReplayPlan.Read(bytes));
        Blocking.Wait(session.RunAsync(bytes));
    }
}
