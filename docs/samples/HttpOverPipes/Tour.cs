using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace HttpOverPipes;

/// <summary>Sends small and large requests every way, and checks the answers.</summary>
internal static class Tour
{
    private const long LargeBody = 100 * 1024 * 1024;
    private const int Concurrent = 200;

    /// <exception cref="InvalidDataException">An answer was wrong.</exception>
    public static async Task RunAsync(PipeServer server, X509Certificate2 trusted, TextWriter output, CancellationToken cancellationToken)
    {
        (Way Way, int Port, Version Version)[] ways =
        [
            (Way.Plain, server.PlainPort, HttpVersion.Version11),
            (Way.Tls, server.TlsPort, HttpVersion.Version11),
            (Way.Tls, server.TlsPort, HttpVersion.Version20),
            (Way.TlsOfHttpClient, server.TlsPort, HttpVersion.Version11),
            (Way.TlsOfHttpClient, server.TlsPort, HttpVersion.Version20),
            (Way.Brotli, server.BrotliPort, HttpVersion.Version11),
        ];
        string expected = Pattern.HashOf(LargeBody);
        await output.WriteLineAsync("way              HTTP   100 MiB up   100 MiB down   200 at once");
        foreach ((Way way, int port, Version version) in ways)
        {
            using HttpClient client = PipeHttpClient.Create(way, port, version, trusted);
            TimeSpan up = await TimeAsync(() => UploadAsync(client, expected, cancellationToken));
            TimeSpan down = await TimeAsync(() => DownloadAsync(client, expected, cancellationToken));
            TimeSpan many = await TimeAsync(() => Task.WhenAll(Enumerable.Range(0, Concurrent).Select(_ => GreetAsync(client, version, cancellationToken))));
            await output.WriteLineAsync(FormattableString.Invariant(
                $"{way,-16} {version,-4} {up.TotalMilliseconds,9:0} ms {down.TotalMilliseconds,11:0} ms {many.TotalMilliseconds,10:0} ms"));
        }

        await output.WriteLineAsync("every answer was right");
    }

    private static async Task UploadAsync(HttpClient client, string expected, CancellationToken cancellationToken)
    {
        using PatternContent body = new(LargeBody);
        using HttpResponseMessage response = await client.PostAsync(new Uri("hash", UriKind.Relative), body, cancellationToken);
        Check(expected, await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellationToken));
    }

    private static async Task DownloadAsync(HttpClient client, string expected, CancellationToken cancellationToken)
    {
        Uri address = new(FormattableString.Invariant($"bytes/{LargeBody}"), UriKind.Relative);
        await using Stream body = await client.GetStreamAsync(address, cancellationToken);
        Check(expected, Convert.ToHexString(await SHA256.HashDataAsync(body, cancellationToken)));
    }

    private static async Task GreetAsync(HttpClient client, Version version, CancellationToken cancellationToken) =>
        Check($"hello over HTTP/{(version.Major == 2 ? "2" : "1.1")}\n", await client.GetStringAsync(new Uri("", UriKind.Relative), cancellationToken));

    private static void Check(string expected, string actual)
    {
        if (!string.Equals(expected, actual, StringComparison.Ordinal)) throw new InvalidDataException($"expected '{expected}', not '{actual}'");
    }

    private static async Task<TimeSpan> TimeAsync(Func<Task> action)
    {
        long start = Stopwatch.GetTimestamp();
        await action();
        return Stopwatch.GetElapsedTime(start);
    }
}
