using StreamPipes.Benchmarks.Apart;
using StreamPipes.Benchmarks.Contenders;
using StreamPipes.Benchmarks.Processes;
using StreamPipes.Benchmarks.Rows;

namespace StreamPipes.Benchmarks;

internal static class Program
{
    public static async Task<int> Main(string[] args)
    {
        if (args.Length > 0 && string.Equals(args[0], Child.Switch, StringComparison.Ordinal)) return await ChildMain.RunAsync(args[1..]);

        BenchmarkOptions options;
        try
        {
            options = BenchmarkOptions.Parse(args);
        }
        catch (FormatException exception)
        {
            await Console.Error.WriteLineAsync($"{exception.Message}\n\n{BenchmarkOptions.Usage}");
            return 2;
        }

        if (options.IsList) List();
        else await new Session(options, args).RunAsync();
        return 0;
    }

    private static void List()
    {
        Console.WriteLine("rows:");
        foreach (Row row in RowList.All) Console.WriteLine($"  {row.Name}{(row.Obstacle is string obstacle ? $" ({obstacle})" : "")}");
        Console.WriteLine("rows of --apart:");
        foreach (ApartRow row in ApartRow.All) Console.WriteLine($"  {row.Name}");
        Console.WriteLine("contenders:");
        foreach (Contender contender in ContenderList.All) Console.WriteLine($"  {contender.Key,-12}{contender.Name}");
    }
}
