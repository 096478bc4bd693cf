namespace StreamPipes.Tests.Carriers;

/// <summary>
/// Which carriers run: all, or, for a long run in parts, those named in the environment variable <c>STREAMPIPES_CARRIERS</c>, as in <c>None,HttpUpgrade,NamedPipeServer</c>.
/// Media that are named leave the others out, and so do layers.
/// </summary>
internal static class Selection
{
    private static readonly string[] Names = (Environment.GetEnvironmentVariable("STREAMPIPES_CARRIERS") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public static bool Has(Medium medium) => Has(Enum.GetNames<Medium>(), medium.ToString());

    public static bool Has(Layer layer) => Has(Enum.GetNames<Layer>(), layer.ToString());

    private static bool Has(string[] all, string name) => !Names.Intersect(all, StringComparer.Ordinal).Any() || Names.Contains(name, StringComparer.Ordinal);
}
