using FsCheck;
using FsCheck.Fluent;

namespace StreamPipes.Tests.Model;

/// <summary>Random programs, and how they shrink.</summary>
internal static class ModelPrograms
{
    private const int LongestProgram = 40;

    private static readonly int[] Sizes = [0, 1, 2, 7, 16, 100, 511, 512, 513, 1024, 1500, 4000, 4097, 9000];

    public static Arbitrary<ModelProgram> Arbitrary { get; } = Arb.From(Programs(), program => program.Shrink());

    private static Gen<ModelProgram> Programs() =>
        from carrier in Gen.Frequency(
            (40, Gen.Constant(Carrier.Chunks)),
            (15, Gen.Constant(Carrier.AsStream)),
            (15, Gen.Constant(Carrier.AsStreamInChunks)),
            (25, Gen.Constant(Carrier.UnixSocket)),
            (5, Gen.Constant(Carrier.TcpSocket)))
        from seed in Gen.Choose(0, 1_000_000)
        from blockSize in Gen.Elements(16, 100, 1024, 4096)
        from threshold in Gen.Elements(0, 512, 4096)
        from flushThrough in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true)))
        from length in Gen.Choose(1, LongestProgram)
        from isTroubled in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true)))
        from steps in Gen.ArrayOf(Steps(isTroubled), length)
        select new ModelProgram(carrier, seed, blockSize, threshold, flushThrough, steps);

    private static Gen<Step> Steps(bool isTroubled) =>
        from isClient in Gen.Elements(true, false)
        from kind in Kinds(isTroubled)
        from size in Gen.Elements(Sizes)
        from variant in Gen.Choose(0, 7)
        select new Step(isClient, kind, size, variant);

    private static Gen<StepKind> Kinds(bool isTroubled) => Gen.Frequency(
        (10, Gen.Constant(StepKind.Put)),
        (25, Gen.Constant(StepKind.Write)),
        (10, Gen.Constant(StepKind.Flush)),
        (2, Gen.Constant(StepKind.FlushPrecancelled)),
        (25, Gen.Constant(StepKind.Read)),
        (8, Gen.Constant(StepKind.ReadAtLeast)),
        (8, Gen.Constant(StepKind.TryRead)),
        (4, Gen.Constant(StepKind.ReadWithToken)),
        (4, Gen.Constant(StepKind.CancelPendingRead)),
        (4, Gen.Constant(StepKind.CancelPendingFlush)),
        (2, Gen.Constant(StepKind.CompleteOutput)),
        (1, Gen.Constant(StepKind.CompleteInput)),
        (1, Gen.Constant(StepKind.DisposeAsync)),
        (isTroubled ? 4 : 0, Gen.Elements(StepKind.BreakReads, StepKind.BreakWrites, StepKind.Abort, StepKind.CompleteOutputWithError)));
}
