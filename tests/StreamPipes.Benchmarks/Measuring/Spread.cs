namespace StreamPipes.Benchmarks.Measuring;

/// <summary>The median of some values and how far they lie apart.</summary>
internal sealed record Spread(double LowerQuartile, double Median, double UpperQuartile, int Count)
{
    public static Spread Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? new Spread(double.NaN, double.NaN, double.NaN, 0) : new Spread(At(sorted, 0.25), At(sorted, 0.5), At(sorted, 0.75), sorted.Length);
    }

    private static double At(double[] sorted, double part)
    {
        double place = part * (sorted.Length - 1);
        int below = (int)place;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((place - below) * (sorted[above] - sorted[below]));
    }
}
