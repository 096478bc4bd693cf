using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Cryptography.X509Certificates;
using StreamPipes;
using StreamPipes.Smoke;

// A runtime that cannot make a certificate is given one: PATH, without a password.
using X509Certificate2 certificate = args.Length > 0 ? Certificate.Load(args[0]) : Certificate.Make();
string library = typeof(PipeConnection).Assembly.GetCustomAttributes(inherit: false).OfType<TargetFrameworkAttribute>().Single().FrameworkName;
Console.WriteLine($"{RuntimeInformation.FrameworkDescription}, the library for {library}");

(string Name, Func<X509Certificate2, Task> RunAsync)[] scenarios =
[
    ("request and response, flushed", Scenarios.RequestAsync),
    ("echo of 1 MiB and half-close", Scenarios.EchoAsync),
    ("abort", Scenarios.AbortAsync),
    ("pipes as streams", Scenarios.AsStreamAsync),
#if NET
    ("TLS over a connection over a socket", Scenarios.TlsOverSocketAsync),
    ("detach to TLS", Scenarios.DetachAsync),
#endif
    ("compression between two pipes in memory", Scenarios.CompressionAsync),
    ("time limit", Scenarios.TimeLimitAsync),
];

foreach ((string name, Func<X509Certificate2, Task> runAsync) in scenarios)
{
    Stopwatch watch = Stopwatch.StartNew();
    await Expect.InTimeAsync(runAsync(certificate), name);
    Console.WriteLine($"  ok: {name} ({watch.ElapsedMilliseconds} ms)");
}

Console.WriteLine($"{scenarios.Length} scenarios passed");
