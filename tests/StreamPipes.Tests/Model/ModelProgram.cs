namespace StreamPipes.Tests.Model;

/// <summary>A program for two connected ends, and how they are set up.</summary>
/// <param name="Carrier">What they stand on.</param>
/// <param name="Seed">Of the sizes of the carrier's pieces.</param>
/// <param name="BlockSize">Of the pool.</param>
/// <param name="Threshold">Where the pipes pause; 0 for never.</param>
/// <param name="FlushThrough">As the option.</param>
/// <param name="Steps">What happens, one after the other.</param>
internal sealed record ModelProgram(Carrier Carrier, int Seed, int BlockSize, int Threshold, bool FlushThrough, IReadOnlyList<Step> Steps)
{
    public bool CanFail => Carrier is Carrier.Chunks or Carrier.AsStreamInChunks;

    /// <summary>Whether a completed output shows the peer an end before the connection is closed.</summary>
    public bool HasHalfClose => !CanFail;

    /// <summary>Smaller programs that may fail in the same way: without some of the steps, with smaller steps, over the simplest carrier.</summary>
    public IEnumerable<ModelProgram> Shrink()
    {
        for (int length = Steps.Count / 2; length >= 1; length /= 2)
        {
            for (int from = 0; from + length <= Steps.Count; from += length)
            {
                yield return this with { Steps = [.. Steps.Take(from), .. Steps.Skip(from + length)] };
            }
        }

        if (FlushThrough) yield return this with { FlushThrough = false };
        if (Threshold != 0) yield return this with { Threshold = 0 };
        if (Carrier == Carrier.TcpSocket) yield return this with { Carrier = Carrier.UnixSocket };
        for (int i = 0; i < Steps.Count; i++)
        {
            if (Steps[i].Size > 1) yield return WithStep(i, Steps[i] with { Size = Steps[i].Size / 2 });
            if (Steps[i].Variant > 0) yield return WithStep(i, Steps[i] with { Variant = 0 });
        }
    }

    public override string ToString() =>
        $"{Carrier}, seed {Seed}, blocks of {BlockSize}, threshold {Threshold}{(FlushThrough ? ", flush through" : "")}: {string.Join(" ", Steps)}";

    private ModelProgram WithStep(int index, Step step) => this with { Steps = [.. Steps.Take(index), step, .. Steps.Skip(index + 1)] };
}
