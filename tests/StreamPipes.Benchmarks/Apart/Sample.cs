using System.Globalization;

namespace StreamPipes.Benchmarks.Apart;

/// <summary>What one process under test has measured of itself: nanoseconds, and bytes allocated, for a message.</summary>
/// <param name="FirstWall">Time, of the first messages of the process.</param>
/// <param name="FirstCpu">Processor time of the whole process for the same, the compiler's included.</param>
/// <param name="Wall">Time, in the steady state.</param>
/// <param name="Cpu">Processor time of the whole process, in the steady state.</param>
/// <param name="Allocated">In the steady state.</param>
/// <param name="P50">Half of the round trips are faster; <see cref="double.NaN"/> where none is timed by itself.</param>
/// <param name="P99">99 of 100 round trips are faster.</param>
/// <param name="Lent">How many of the library's writes a caller's thread has begun, of 1; <see cref="double.NaN"/> for others.</param>
internal sealed record Sample(double FirstWall, double FirstCpu, double Wall, double Cpu, double Allocated, double P50, double P99, double Lent)
{
    public static Sample Parse(string line)
    {
        double[] values = [.. line.Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
        return new Sample(values[0], values[1], values[2], values[3], values[4], values[5], values[6], values[7]);
    }

    public string ToLine() => string.Join(' ', new[] { FirstWall, FirstCpu, Wall, Cpu, Allocated, P50, P99, Lent }.Select(value => value.ToString("R", CultureInfo.InvariantCulture)));
}
