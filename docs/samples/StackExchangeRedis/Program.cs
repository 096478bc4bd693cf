using System.Security.Cryptography.X509Certificates;
using RedisTls;
using StackExchange.Redis;
using StackExchangeRedisSample;
using StreamPipes;
using StreamPipes.StackExchangeRedis;

// Without arguments: starts a small TLS server in this process and takes a tour of it. With --server the tour goes to a real Redis.
if (!SampleOptions.TryParse(args, out SampleOptions? options))
{
    await Console.Error.WriteLineAsync(SampleOptions.Usage);
    return 2;
}

try
{
    if (options.Server is not null)
    {
        await Tour.RunAsync(Configure(options.Server), Console.Out);
        return 0;
    }

    using CertificateAuthority authority = CertificateAuthority.Create();
    using X509Certificate2 certificate = authority.IssueForThisMachine();
    await using RespServer server = RespServer.Start(new RespServerOptions { Certificate = options.IsPlain ? null : certificate });
    ConfigurationOptions configuration = Configure(FormattableString.Invariant($"localhost:{server.Port}"));
    configuration.TrustIssuer(authority.ToTrustStore()[0]);
    await Tour.RunAsync(configuration, Console.Out);
    return 0;
}
catch (Exception exception) when (exception is RedisException or TourFailedException or IOException)
{
    await Console.Error.WriteLineAsync($"StackExchangeRedis: {exception.Message.ReplaceLineEndings(" ")}");
    return 1;
}

ConfigurationOptions Configure(string endPoint)
{
    ConfigurationOptions configuration = ConfigurationOptions.Parse(endPoint);
    configuration.Ssl = !options.IsPlain;
    configuration.CheckCertificateRevocation = false;
    configuration.Password = options.Password;
    if (options.AuthorityFile is not null) configuration.TrustIssuer(options.AuthorityFile);

    // This is the one line.
    return configuration.UseStreamPipes(new PipeConnectionOptions { Scheduling = options.HasOwnThreads ? PumpScheduling.DedicatedThreads : PumpScheduling.Default });
}
