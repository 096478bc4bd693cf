using System.Globalization;
using System.Net;
using StreamPipes.Benchmarks.Apart;
using StreamPipes.Benchmarks.Contenders;
using StreamPipes.Benchmarks.Counts;
using StreamPipes.Benchmarks.Idle;
using StreamPipes.Benchmarks.Links;
using StreamPipes.Benchmarks.Relays;
using StreamPipes.Benchmarks.Starved;

namespace StreamPipes.Benchmarks.Processes;

/// <summary>What a child process does: one subject, one contender.</summary>
internal static class ChildMain
{
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (string.Equals(arguments[0], PeerProcess.EchoSubject, StringComparison.Ordinal)) return await PeerProcess.ServeAsync(() => new PoolPeer(), bool.Parse(arguments[1]));
        if (string.Equals(arguments[0], OwnRelay.Subject, StringComparison.Ordinal)) return await OwnRelay.ServeAsync(arguments[1..]);
        if (string.Equals(arguments[0], Spinner.Subject, StringComparison.Ordinal)) return Spinner.Spin();
        if (string.Equals(arguments[0], ApartPeer.Subject, StringComparison.Ordinal)) return await ApartPeer.ServeAsync(ApartRow.All[Number(arguments[1])]);
        if (string.Equals(arguments[0], ApartWork.Subject, StringComparison.Ordinal))
        {
            ApartWork work = new(ApartRow.All[Number(arguments[1])], ContenderList.Named(arguments[2]), new IPEndPoint(IPAddress.Loopback, Number(arguments[3])));
            await Console.Out.WriteLineAsync(await work.RunAsync(double.Parse(arguments[4], CultureInfo.InvariantCulture)));
            return 0;
        }

        Contender contender = ContenderList.Named(arguments[1]);
        bool tls = bool.Parse(arguments[2]);
        IPEndPoint server = new(IPAddress.Loopback, Number(arguments[3]));
        int number = Number(arguments[4]);
        string answer = arguments[0] switch
        {
            SystemCallsSection.Subject => await SystemCallsSection.WorkAsync(contender, server, tls, number),
            IdleSection.Subject => await IdleSection.WorkAsync(contender, server, tls, number),
            StarvedSection.Subject => await StarvedSection.WorkAsync(contender, server, tls),
            _ => throw new ArgumentException($"'{arguments[0]}' is no subject.", nameof(arguments)),
        };
        await Console.Out.WriteLineAsync(answer);
        return 0;
    }

    /// <summary>The command line of a child.</summary>
    public static IReadOnlyList<string> Command(string subject, Contender contender, bool tls, IPEndPoint server, int number) =>
        Child.Command(subject, contender.Key, tls ? bool.TrueString : bool.FalseString, Text(server.Port), Text(number));

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
