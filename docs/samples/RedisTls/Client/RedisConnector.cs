using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using StreamPipes;

namespace RedisTls;

/// <summary>
/// The way down to the wire: a <see cref="PipeConnection"/> over a socket, or over TLS. Everything above holds one field of one type and does not know
/// which it is.
/// </summary>
internal static class RedisConnector
{
    public static async Task<RedisClient> ConnectAsync(RedisClientOptions options, CancellationToken cancellationToken = default)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.ConnectTimeout);
        try
        {
            RedisClient client = new(await OpenAsync(options, limit.Token));
            try
            {
                await LogInAsync(client, options, limit.Token);
                return client;
            }
            catch
            {
                await client.DisposeAsync();
                throw;
            }
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"no answer within {options.ConnectTimeout.TotalSeconds:0} seconds", exception);
        }
    }

    private static async Task<PipeConnection> OpenAsync(RedisClientOptions options, CancellationToken cancellationToken)
    {
        DnsEndPoint server = new(options.Host, options.Port);
        return options.UseTls
            ? await TlsConnection.ConnectAsync(server, TlsOptions(options), cancellationToken: cancellationToken)
            : await SocketConnection.ConnectAsync(server, cancellationToken: cancellationToken);
    }

    private static SslClientAuthenticationOptions TlsOptions(RedisClientOptions options)
    {
        // No callback that waves things through: the name and the chain are checked by the framework, against our authorities.
        SslClientAuthenticationOptions tls = new() { TargetHost = options.Host };
        if (options.Authorities is null) return tls;
        tls.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        tls.CertificateChainPolicy.CustomTrustStore.AddRange(options.Authorities);
        return tls;
    }

    private static async Task LogInAsync(RedisClient client, RedisClientOptions options, CancellationToken cancellationToken)
    {
        RespArgument[] credentials = options.Password is null ? [] : ["AUTH", options.User ?? "default", options.Password];
        if (options.Protocol >= 3) await client.SwitchToResp3Async(["HELLO", "3", .. credentials], cancellationToken);
        else if (options.User is null && options.Password is not null) await client.SendAsync(["AUTH", options.Password], cancellationToken);
        else if (options.Password is not null) await client.SendAsync(credentials, cancellationToken);

        // A server that asks for a password says so now, and not at the first command of some caller.
        await client.SendAsync(["PING"], cancellationToken);
    }
}
