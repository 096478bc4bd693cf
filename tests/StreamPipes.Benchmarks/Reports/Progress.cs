using System.Globalization;
using System.Text;
using StreamPipes.Benchmarks.Contenders;
using StreamPipes.Benchmarks.Measuring;

namespace StreamPipes.Benchmarks.Reports;

/// <summary>A row's result in a few lines, for the screen.</summary>
internal static class Progress
{
    public static string Of(RowResult result)
    {
        StringBuilder text = new();
        text.AppendLine(CultureInfo.InvariantCulture, $"== {result.Row.Name}");
        foreach (Contender contender in result.Contenders)
        {
            text.Append(CultureInfo.InvariantCulture, $"  {contender.Name,-40}");
            if (result.Failures.TryGetValue(contender, out string? failure))
            {
                text.AppendLine(failure);
                continue;
            }

            for (int metric = 0; metric < result.Row.Metrics.Count; metric++)
            {
                Metric what = result.Row.Metrics[metric];
                string value = Numbers.Of(result.Values(contender, metric).Median, what.Unit);
                text.Append(CultureInfo.InvariantCulture, $"{what.Name,12}{value,10}{Numbers.Ratio(result.Ratios(contender, metric)),24}");
            }

            text.AppendLine();
        }

        return text.ToString().TrimEnd();
    }
}
