using System.Globalization;
using System.Net;
using StreamPipes.Benchmarks.Clients;
using StreamPipes.Benchmarks.Contenders;
using StreamPipes.Benchmarks.Links;
using StreamPipes.Benchmarks.Measuring;
using StreamPipes.Benchmarks.Processes;
using StreamPipes.Benchmarks.Reports;

namespace StreamPipes.Benchmarks.Counts;

/// <summary>The system calls of a child process that sends messages, counted by strace; the peer is in this process and not counted.</summary>
internal static class SystemCallsSection
{
    public const string Subject = "system-calls";

    private const int Size = 64;
    private const int Batch = 1000;
    private const int FewBatches = 20;
    private const int ManyBatches = 120;

    public static async Task<Section> MakeAsync(IReadOnlyList<Contender> contenders)
    {
        const string Title = "System calls";
        if (ExternalProgram.Missing("strace", "strace") is string missing) return new Section(Title, $"Not counted: {missing}.");
        MarkdownTable table = new("contender", "plain: sends", "plain: all", "fewer than raw", "TLS: sends", "TLS: all", "fewer than raw");
        Dictionary<bool, double> raw = [];
        foreach (Contender contender in contenders)
        {
            List<string> cells = [contender.Name];
            foreach (bool tls in (bool[])[false, true])
            {
                if (tls && contender.NeedsSocket)
                {
                    cells.AddRange(["", "", ""]);
                    continue;
                }

                (double sends, double all) = await CountAsync(contender, tls);
                if (contender.IsReference) raw[tls] = all;
                cells.AddRange([Numbers.Of(sends, Unit.Count), Numbers.Of(all, Unit.Count), $"{Numbers.Ratio(raw[tls] / all)}x"]);
            }

            table.Add([.. cells]);
            Console.WriteLine($"  counted: {string.Join(" | ", cells)}");
        }

        return new Section(
            Title,
            $"""
            For 1,000 messages of {Size} B, each flushed, and the peer's acknowledgement: what {ManyBatches} batches need beyond {FewBatches}, so that starting the process does not
            count. Waits (futex, epoll) and whatever else the runtime does in that time are in "all". strace slows system calls down a great deal, which favours
            those who make few and lets more come together meanwhile.

            {table}
            """);
    }

    /// <summary>The child's part.</summary>
    public static async Task<string> WorkAsync(Contender contender, IPEndPoint server, bool tls, int batches)
    {
        byte[] message = new byte[Size];
        await using Client client = contender.Open(await Link.OpenAsync(server, tls));
        for (int i = 0; i < batches; i++)
        {
            await client.SendAsync(message, Batch);
            await client.ReceiveAsync(1);
        }

        return "done";
    }

    private static async Task<(double Sends, double All)> CountAsync(Contender contender, bool tls)
    {
        using PeerServer server = new(() => new ThreadPeer(stream => Serving.Acknowledge(stream, Size * Batch)), tls);
        (double fewSends, double fewAll) = await TraceAsync(contender, tls, server.EndPoint, FewBatches);
        (double manySends, double manyAll) = await TraceAsync(contender, tls, server.EndPoint, ManyBatches);
        const double Batches = ManyBatches - FewBatches;
        return ((manySends - fewSends) / Batches, (manyAll - fewAll) / Batches);
    }

    private static async Task<(double Sends, double All)> TraceAsync(Contender contender, bool tls, IPEndPoint server, int batches)
    {
        string file = Path.GetTempFileName();
        try
        {
            await Child.RunAsync(["strace", "-c", "-f", "-o", file, .. ChildMain.Command(Subject, contender, tls, server, batches)]);
            double sends = 0;
            double all = 0;
            foreach (string line in await File.ReadAllLinesAsync(file))
            {
                // % time, seconds, microseconds a call, calls, errors if any, name.
                string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (parts.Length < 5 || !double.TryParse(parts[3], CultureInfo.InvariantCulture, out double calls) || parts[^1] is "total") continue;
                all += calls;
                if (parts[^1] is "sendto" or "sendmsg" or "write" or "writev") sends += calls;
            }

            return (sends, all);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
